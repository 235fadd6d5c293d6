"""What every section of the settings is, and the kinds of value they share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, SecretStr

from lightgate.domain.addresses import has_owner, shown_address

#: in the ledger, in messages and in variables
TargetName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
#: octal digits; the owner may read and write
FileMode = Annotated[str, Field(pattern=r"^0?[67][0-7][0-7]$")]
Port = Annotated[int, Field(ge=0, le=65535)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class SecretAddress(SecretStr):
    """An address that is shown without name and password wherever it is shown."""

    def _display(self) -> str:
        return shown_address(self.get_secret_value())


#: of a server of ours, with its password
Address = Annotated[SecretAddress, PlainSerializer(str, when_used="json-unless-none")]


def _is_bare(host: str) -> str:
    if any(mark in host for mark in "/@?#"):
        raise ValueError("this is the bare name of a host: user and password have settings of their own")
    return host


def _is_for_everybody(address: str) -> str:
    if has_owner(address):
        raise ValueError("everybody may read this address, so no name or password may stand in it")
    return address


HostName = Annotated[str, AfterValidator(_is_bare)]
PublicAddress = Annotated[str, AfterValidator(_is_for_everybody)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
