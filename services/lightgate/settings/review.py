"""The review site, and Flower."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from lightgate.settings.section import Count, HostName, Port, Positive, Section


class Review(Section):
    """The review site."""

    host: HostName = "127.0.0.1"
    port: Port = 8080
    #: the first user, made by ``up``; without a password one is made and kept in the data folder
    user: str = "reviewer"
    password: SecretStr | None = None
    #: set where the site stands behind https
    secure_cookies: bool = False
    session_hours: Positive = 12
    #: so many wrong passwords for one name, and wrong names from one address, within fifteen minutes cost no time; each
    #: further one doubles the wait, up to a minute; a browser that the person signed in by before counts for itself
    sign_in_attempts: Count = 10
    #: names the site is reached by, beside localhost and ``host``; empty with the host 0.0.0.0: any
    allowed_hosts: tuple[str, ...] = ()
    #: reverse proxies in front whose X-Forwarded headers are believed
    proxies: Annotated[int, Field(ge=0)] = 0
    threads: Count = 8


class Flower(Section):
    """Flower, the engineers' view of the workers."""

    host: HostName = "127.0.0.1"
    port: Port = 5555
    user: str = "flower"
    #: names it is asked by, beside localhost and ``host``; with the host 0.0.0.0 also any address in digits
    allowed_hosts: tuple[str, ...] = ()
    password: SecretStr | None = None
