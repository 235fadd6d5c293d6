"""Where published files moved, as the lines that a web server needs so that old addresses go on working."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, urlsplit

from lightgate.store import Store


def redirect_lines(store: Store, server: str, public_url: str) -> Iterator[str]:
    """Yield the lines for one of ``SERVERS``.

    Args:
        public_url: its path stands before every address.
    """
    with store.reading() as tx:
        moved = tx.redirects.all()
    prefix = urlsplit(public_url).path.strip("/")
    base = f"/{prefix}/" if prefix else "/"
    return SERVERS[server]({base + old: quote(base + new) for old, new in moved.items()})


def _apache(moved: Mapping[str, str]) -> Iterator[str]:
    """Source: https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirectmatch; a plain Redirect is a prefix."""
    yield "# in the configuration of the site, or in .htaccess"
    for old, new in moved.items():
        pattern = _as_pattern(old).replace('"', '\\"')
        yield f'RedirectMatch 301 "^{pattern}$" "{new}"'


def _nginx(moved: Mapping[str, str]) -> Iterator[str]:
    """Source: https://nginx.org/en/docs/http/ngx_http_map_module.html."""
    yield "# inside http { }; in the server { } of the site: if ($lightgate_moved) { return 301 $lightgate_moved; }"
    yield "map $uri $lightgate_moved {"
    for old, new in moved.items():
        yield f'    "{_in_quotes(old)}" "{new}";'
    yield "}"


def _as_pattern(path: str) -> str:
    return "".join(f"\\{char}" if char in r"\.^$*+?()[]{}|" else char for char in path)


def _in_quotes(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


#: web servers by name
SERVERS: Mapping[str, Callable[[Mapping[str, str]], Iterator[str]]] = {"apache": _apache, "nginx": _nginx}
