"""The kinds of target there are. A new one is a module in ``adapters/website/targets`` and an entry here."""

from __future__ import annotations

from dataclasses import dataclass

_TARGETS = "lightgate.adapters.website.targets"


@dataclass(frozen=True, slots=True)
class TargetKind:
    """One way to bring files to a website."""

    #: settings that must be given
    needs: tuple[str, ...]
    #: ``module:function`` that makes the target of its name, its settings and the modes of its files
    opens: str
    #: whoever is on the way can read all that is sent
    is_in_clear: bool = False


#: by what ``kind`` says
KINDS = {
    "folder": TargetKind(("path",), f"{_TARGETS}.folder:opened"),
    "ftp": TargetKind(("host", "user"), f"{_TARGETS}.ftp:opened", is_in_clear=True),
    "ftps": TargetKind(("host", "user"), f"{_TARGETS}.ftp:opened"),
    "sftp": TargetKind(("host", "user"), f"{_TARGETS}.sftp:opened"),
}
