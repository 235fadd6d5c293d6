"""Where published photographs go, and what the owner wants of each before it goes there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from lightgate.domain.approval.rights import RightsTemplate, lacks_notice
from lightgate.domain.names.layout import Layout
from lightgate.domain.photo import Field, Photo
from lightgate.errors import AltTextMissing, RightsMissing
from lightgate.ports import Catalogue, Renderer, Target


@dataclass(frozen=True, slots=True)
class Terms:
    """What the owner wants of each photo that goes out, whatever holds it then."""

    #: what files say of their rights, one template a target
    rights: Sequence[RightsTemplate] = ()
    #: what any target lets out of an original beside, see ``publish.disclose``
    disclosed: frozenset[str] = frozenset()

    def why_not(self, photo: Photo) -> str | None:
        """Say why this photo cannot be published whatever a reviewer says of it."""
        if any(lacks_notice(photo, each) for each in self.rights):
            return RightsMissing().message
        return None if first_text(photo, Field.ALT_TEXT).strip() else AltTextMissing().message


@dataclass(frozen=True, slots=True)
class Website:
    """Where published photographs go."""

    targets: Sequence[Target]
    catalogue: Catalogue
    layout: Layout
    #: in front of the paths in the catalogue; empty: the path itself
    public_url: str = ""
    #: what makes the files of targets that want others than the first, by target name
    renderers: Mapping[str, Renderer] = field(default_factory=dict)
    terms: Terms = Terms()
    #: where targets whose files can be fetched show them, by target name
    addresses: Mapping[str, str] = field(default_factory=dict)

    def address_of(self, target: str, path: str) -> str | None:
        """Give the address of a published file, or None where the target has none."""
        base = self.addresses.get(target, "")
        return f"{base.rstrip('/')}/{quote(path)}" if base.startswith(("http://", "https://")) else None

    def why_not(self, photo: Photo) -> str | None:
        """Say why this photo cannot be published whatever a reviewer says of it."""
        return self.terms.why_not(photo)


def first_text(photo: Photo, wanted: Field) -> str:
    """Give a text of the photo's first language, as one line."""
    text = photo.text(photo.languages[0], wanted) if photo.languages else None
    if text is None:
        return ""
    return text.value if isinstance(text.value, str) else ", ".join(text.value)
