"""Every error Lightgate raises on purpose, grouped by what the caller does next.

LightgateError
├── Transient               try again later; the photo is not at fault
│   ├── StoreBusy           the database was locked for longer than its patience
│   ├── StorageFull         the disk has no room
│   │   └── NotWritten      a server could not write a file, and does not say why
│   ├── CopyDamaged         a copy read back differs from what was written
│   ├── ModelServerDown     the caption model cannot be reached or is overloaded
│   ├── ModelAnswerBad      the model answered, but not with something usable
│   ├── TargetUnreachable   the website's file store cannot be reached
│   │   ├── TargetClosed    it answers, and does not let us in
│   │   └── TargetRefused   it takes other files, but not this one
│   ├── CatalogueUnreachable
│   │   ├── CatalogueClosed it answers, and takes no row of ours
│   │   └── RowBusy         it answers, and somebody else was at the row each time
│   ├── BeingRemoved        somebody else changes what is live of the photo
│   │   └── HoldLost        we did, and stood still for too long
│   ├── WorkerLost          the process that held the photo is gone
│   └── Unexpected          it broke, and nobody foresaw how
│       └── TookTooLong     longer than a worker may spend on a photo
├── Rejected                the photo is at fault: a person decides
│   ├── UnreadableImage     the bytes are not an image, or damaged
│   ├── UnsupportedFormat   an image, but not one we take
│   ├── RawReaderMissing    a RAW file, and no package that reads it
│   ├── TooManyPixels       larger than the configured limit
│   ├── FileTooLarge        more bytes than the configured limit
│   ├── OriginalMissing     the working copy is gone or changed
│   ├── NameTooLong         the published name would pass the limit
│   ├── NameTaken           somebody else's row or file has that name
│   ├── RightsMissing       nobody says whose picture it is
│   ├── AltTextMissing      nobody who cannot see the picture would know what it shows
│   ├── RowRefused          the website's table cannot hold this row
│   ├── TextTooLong         the texts do not fit into the published file
│   └── SealBroken          what would be published is not what was approved
├── Misconfigured           stop the process and say what to change
│   ├── SettingInvalid
│   ├── SettingUnknown
│   ├── PipelineInvalid     the stages are no road from intake to the website
│   ├── ServiceMissing      a program or package that this command needs
│   ├── ClipUnavailable     no CLIP model: its scores stay empty, the rest goes on
│   ├── PortTaken
│   ├── NoLocalDisk         the data folder is another machine's
│   ├── UnsafeDatabase      this SQLite library must not open this database
│   ├── DatabaseOutdated    the schema is an older program version's
│   ├── DatabaseTooNew      the schema is a newer program version's
│   ├── DatabaseDamaged
│   ├── DatabaseUnreadable
│   ├── NotUp               a process of the installation does not start or stop
│   └── AlreadyRunning
└── Refused                 a person asked for what cannot be done now
    ├── NotFound
    ├── Conflict            somebody was faster: the version has moved on
    │   └── GoneToWebsite   it was released, or taken off the website, since
    ├── NotTheNewest        only the newest release can be taken back
    ├── IllegalMove         the photo's position does not allow it
    ├── InputInvalid        a field or file the person gave
    ├── SourceChanged       a file of the person's changed or vanished while it was read
    ├── NotShown            many were to be approved, and nobody says what was shown of them
    ├── ProofBlocks         the text proof blocks and no reason was given
    ├── PictureUnproven     what a reviewer would see is not proven to be this photo
    ├── PictureTurning      what a reviewer would see is not turned yet
    ├── NoPicture           nothing is there yet that could be turned
    ├── RawNotDeveloped     a RAW file, of which only the camera's preview is there
    ├── SignInFailed        a wrong name or password
    ├── TooManyAttempts     too many wrong passwords
    ├── NothingToUndo
    ├── NothingToRedo
    ├── WebsiteNotUndone    the last thing done was about the website
    ├── AlreadyRequested    new texts for these fields are on their way
    └── DuplicatePhoto      the same picture is already in the queue

The docstring of a class is its default message; ``{field}`` in it is filled from the fields.
"""

from __future__ import annotations

import inspect
import re
from typing import ClassVar


class LightgateError(Exception):
    """Something went wrong."""

    #: snake_case name that scripts may compare, e.g. ``unreadable_image``
    code: ClassVar[str] = "lightgate_error"
    #: where a stage fails with it, the photo loses one of its attempts; else it is handed back as if untouched
    is_charged: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str | None = None, /, **fields: object) -> None:
        self.fields = fields
        template = " ".join(inspect.cleandoc(type(self).__doc__ or "").split())
        self.message = message if message is not None else _fill(template, fields)
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


def _fill(template: str, fields: dict[str, object]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: str(fields.get(found[1], found[0])), template)


class Transient(LightgateError):
    """That did not work now; it is tried again."""


class StoreBusy(Transient):
    """The database was busy for too long; the work is tried again."""

    is_charged = False


class StorageFull(Transient):
    """The disk is full: free some space in {path}; photos that wait go on by themselves."""

    is_charged = False


class NotWritten(StorageFull):
    """The server of {target} could not write a file ({reason}): most likely its disk or quota is full. Photos that wait
    go on by themselves."""


class CopyDamaged(Transient):
    """The copy of {name} differs from the original: check the disk that the data folder is on. Nothing was taken in."""


class ModelServerDown(Transient):
    """The caption model's server at {host} does not answer."""

    is_charged = False


class ModelAnswerBad(Transient):
    """The caption model gave no usable answer: {reason}."""


class TargetUnreachable(Transient):
    """The publishing target {target} does not work: {reason}."""

    # the field ``is_answer`` says that the line still stands
    is_charged = False


class TargetClosed(TargetUnreachable):
    """The publishing target {target} does not let us in: {reason}."""


class TargetRefused(TargetUnreachable):
    """The publishing target {target} does not take {path}: {reason}."""

    # the field ``is_passing`` says that it may take it in a moment
    is_charged = True


class CatalogueUnreachable(Transient):
    """The catalogue cannot be reached: {reason}."""

    is_charged = False


class CatalogueClosed(CatalogueUnreachable):
    """The website's catalogue takes no rows of ours: {reason}."""


class RowBusy(CatalogueUnreachable):
    """Somebody else was at this row of the website's catalogue each time that we tried ({reason}); it is tried again
    in a while, and costs the photo none of its attempts."""


class BeingRemoved(Transient):
    """What the website shows of this photo is being changed right now; it is published after that."""

    is_charged = False


class HoldLost(BeingRemoved):
    """This process stood still for too long while it changed what the website shows of the photo; another goes on."""


class WorkerLost(Transient):
    """The worker stopped while it held this photo."""


class Unexpected(Transient):
    """Something went wrong that Lightgate has no name for: {kind}: {detail}"""


class TookTooLong(Unexpected):
    """The photo took longer than a worker may spend on it."""


# scripts compare the code, and what breaks unforeseen is one thing to them
TookTooLong.code = Unexpected.code


class Rejected(LightgateError):
    """This photo cannot be processed."""


class UnreadableImage(Rejected):
    """The picture cannot be read: {reason}."""


class UnsupportedFormat(Rejected):
    """{format} files are not taken in; use JPEG, PNG, TIFF, WebP or HEIC."""


class RawReaderMissing(Rejected):
    """RAW files need the package rawpy (pip install 'lightgate[raw]'); or hand in JPEG, TIFF or HEIC made from them."""


class TooManyPixels(Rejected):
    """The picture has {pixels} megapixels; the limit is {limit} (setting intake.max_megapixels)."""


class FileTooLarge(Rejected):
    """The file has {size} MB; the limit is {limit} (setting intake.max_file_mb)."""


class OriginalMissing(Rejected):
    """The working copy of this photo is missing or has changed on disk."""


class NameTooLong(Rejected):
    """The name {name} has {length} characters; the limit is {limit}. Shorten subject, location or folder."""


class NameTaken(Rejected):
    """The name {name} is already used by something that is not ours: {where}."""


class RightsMissing(Rejected):
    """The photo would go out without a copyright notice, since its file does not say who made it: set
    publish.rights.creator, publish.rights.unnamed, or publish.rights.required = false."""


class AltTextMissing(Rejected):
    """The photo has no alt text, and none is published without one: write it in the review site."""


class RowRefused(Rejected):
    """The website's table cannot hold this photo's row: {reason}."""


class TextTooLong(Rejected):
    """Caption, alt text and keywords are too long for the file: {size_bytes} bytes, at most {limit_bytes} fit."""


class SealBroken(Rejected):
    """What would be published is not what was approved; look at the photo and approve it again."""


class Misconfigured(LightgateError):
    """Lightgate is not set up correctly."""

    is_charged = False


class SettingInvalid(Misconfigured):
    """The setting {name} is not valid: {reason}."""


class SettingUnknown(Misconfigured):
    """There is no setting {name}.{suggestion}"""


class PipelineInvalid(Misconfigured):
    """The route of the photos is not valid: {reason}."""


class ServiceMissing(Misconfigured):
    """{service} is missing. {remedy}"""


class ClipUnavailable(Misconfigured):
    """The CLIP model cannot be used: {reason}."""


class PortTaken(Misconfigured):
    """Port {port} is taken; choose another with the setting {setting}."""


class UnsafeDatabase(Misconfigured):
    """This process uses SQLite {version}, which can corrupt a database in WAL mode, and {path} is in WAL mode.
    Install the pysqlite3 package."""


class NoLocalDisk(Misconfigured):
    """{home} is on {kind}, where several processes damage a database; the data folder must be on a disk of this
    machine, published files may go elsewhere."""


class DatabaseOutdated(Misconfigured):
    """The database {path} is at {found}, and this program needs {expected}. Run: lightgate migrate"""


class DatabaseTooNew(Misconfigured):
    """The database {path} was made by a newer Lightgate (at {found}); this one knows it up to {expected}: update it."""


class DatabaseDamaged(Misconfigured):
    """The upgrade was undone because {count} references in the database are broken. Backup: {backup}."""


class DatabaseUnreadable(Misconfigured):
    """The database {path} cannot be read: {reason}."""


class NotUp(Misconfigured):
    """Lightgate did not come up; see its logs."""


class AlreadyRunning(Misconfigured):
    """Lightgate is already running on {home}."""


class Refused(LightgateError):
    """That cannot be done now."""


class NotFound(Refused):
    """There is no {what} {key}."""


class Conflict(Refused):
    """Somebody changed this photo in the meantime; look at it again."""


class GoneToWebsite(Conflict):
    """This photo was released since, or taken off the website: undo leaves it. On its own page it goes back to
    review."""


class NotTheNewest(Refused):
    """Release {number} cannot be taken back as a whole: only the newest can, which is {newest}, since what older ones
    replaced is not kept. Take single photos off the website instead."""


class IllegalMove(Refused):
    """A photo at {step} ({status}) cannot be moved that way: {result}."""


class InputInvalid(Refused):
    """{reason}"""


class SourceChanged(Refused):
    """{name} could not be read to its end ({reason}): nothing was taken in. Submit again when it is complete."""


class AlreadyRequested(Refused):
    """New texts for this photo are already on their way."""


class NotShown(Refused):
    """Many photos are approved only as they were shown: send last_event, as it came with the list of photos."""


class ProofBlocks(Refused):
    """The text proof blocks this photo: {issues}. Correct it, or approve with a reason."""


class PictureUnproven(Refused):
    """{reason} Make it anew from the original (lightgate pictures {photo_id}), look at it, and approve then."""


class PictureTurning(Refused):
    """The pictures of this photo are being turned; look at them once they are, and approve then."""


class NoPicture(Refused):
    """No picture was made of this photo yet, so there is nothing to turn."""


class RawNotDeveloped(Refused):
    """This is the camera's preview of a RAW file: develop it, then put the result in its place (lightgate replace)."""


class NothingToUndo(Refused):
    """There is nothing of yours left to undo."""


class NothingToRedo(Refused):
    """There is nothing that you undid last."""


class WebsiteNotUndone(Refused):
    """The last thing you did was about the website ({what}): undo does not reach there. The page Releases takes the
    newest release back. Undo again for what you did before, to photos that were not part of it."""


class DuplicatePhoto(Refused):
    """The same picture is already in the queue as photo {photo_id}."""


class SignInFailed(Refused):
    """That name and password do not belong together."""


class TooManyAttempts(Refused):
    """Too many wrong passwords for this name or from this address; try again in {seconds} seconds."""
