"""A worker killed at any step of publishing: nothing is published twice, nothing is lost, nothing is left over.

The steps before and after the files are points in our code; those between are commands to a real FTP server, which
falls silent there so that the worker can be killed in mid-sentence.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.adapters.pixels.renditions import renditions
from lightgate.adapters.website.targets import ftp
from lightgate.adapters.website.targets.remote import RemoteTarget
from lightgate.domain.photo import Field, Source, Text
from lightgate.settings import Publish
from support.file_servers import PASSWORD, USER, FtpSite, ftp_site
from support.site import House, house_in
from support.stores import NOON, write_row
from support.waiting import eventually

pytestmark = pytest.mark.integration

WORKER = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from support.site import house_in
{target}
house = house_in(Path(sys.argv[2]))
house.website = replace(house.website, targets=(target_of(int(sys.argv[3])),))
{act}
"""
PUBLISH = "house.publish(house.work(kill_at=sys.argv[4] or None))"
UNPUBLISH = "house.unpublish(1)"
UNDO = "house.undo()"
POINTS = (
    "after_render",
    "after_keeping",
    "after_announcing",
    "after_full",
    "after_thumb",
    "after_files",
    "after_row",
    "after_removing",
)
COMMANDS = ("USER", "SIZE", "MKD", "DELE", "PASV", "STOR", "RNFR", "RNTO")


def target_of(port: int) -> RemoteTarget:
    return RemoteTarget("web", ftp.connector(ftp.FtpAccount("web", "localhost", USER, PASSWORD, port=port)))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FtpSite]:
    with ftp_site(tmp_path) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, site: FtpSite) -> Iterator[House]:
    made = house_in(tmp_path / "home")
    local = made.website
    target = target_of(site.port)
    made.website = replace(local, targets=(target,))
    yield made
    target.close()
    made.website = local
    made.close()


#: the worker gets what makes its target as text, since no module of tests can be imported there
TARGET = f"""
from lightgate.adapters.website.targets import ftp
from lightgate.adapters.website.targets.remote import RemoteTarget
def target_of(port):
    account = ftp.FtpAccount('web', 'localhost', {USER!r}, {PASSWORD!r}, port=port)
    return RemoteTarget('web', ftp.connector(account))
"""


def worker(house: House, site: FtpSite, kill_at: str = "", act: str = PUBLISH) -> subprocess.Popen[bytes]:
    tests = Path(__file__).parent.parent
    code = WORKER.replace("{target}", TARGET).replace("{act}", act)
    return subprocess.Popen([sys.executable, "-c", code, tests, house.home, str(site.port), kill_at])


def files(site: FtpSite) -> list[str]:
    return sorted(str(file.relative_to(site.root)) for file in site.root.rglob("*") if file.is_file())


def released(house: House, *, changed: bool) -> int:
    """Bring a photo to the publish queue: a new one, or a live one that got another caption and folder."""
    photo_id = house.take_in()
    if changed:
        house.bring_live(photo_id)
        house.back_to_review(photo_id)
        with house.store.writing() as tx:
            tx.photos.put_text(photo_id, Text("en", Field.CAPTION, "A better caption.", Source.PERSON), NOON)
            write_row(tx, photo_id, {"folder": "night"})
    house.approve(photo_id)
    house.release(photo_id)
    return photo_id


def require_one_copy(house: House, site: FtpSite, photo_id: int, folder: str) -> None:
    house.bury_worker()
    assert house.publish().done == [photo_id]
    paths = [f"2026/{folder}/Harbour_001.JPG", f"2026/thumbs/{folder}/Harbour_001.JPG"]
    assert files(site) == paths
    assert house.website.catalogue.file_names() == ["Harbour_001.JPG"]
    (ledger,) = house.photo(photo_id).publications
    assert (ledger.state, sorted(ledger.paths.values())) == ("live", paths)
    assert {kind: house.website.targets[0].digest(path) for kind, path in ledger.paths.items()} == ledger.hashes


@pytest.mark.parametrize("changed", [False, True], ids=["new", "changed"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point_of_ours(house: House, site: FtpSite, point: str, changed: bool) -> None:
    photo_id = released(house, changed=changed)
    assert worker(house, site, point).wait(timeout=60) == 9
    require_one_copy(house, site, photo_id, "night" if changed else "city")


def killed_at(command: str, house: House, site: FtpSite, act: str = PUBLISH) -> None:
    """Kill what does something with the site while it waits for the answer to a command."""
    site.forget()
    site.go_wrong(silent=command)
    process = worker(house, site, act=act)
    try:
        eventually(lambda: command in site.commands, within_s=60)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
    site.go_right()


@pytest.mark.parametrize("command", COMMANDS)
def test_killed_while_it_waits_for_the_server(house: House, site: FtpSite, command: str) -> None:
    photo_id = released(house, changed=False)
    killed_at(command, house, site)
    require_one_copy(house, site, photo_id, "city")


@pytest.mark.parametrize("command", ["USER", "DELE", "RMD"])
def test_killed_while_it_takes_a_photo_off(house: House, site: FtpSite, command: str) -> None:
    photo_id = house.take_in()
    house.bring_live(photo_id)
    killed_at(command, house, site, UNPUBLISH)
    assert house.website.catalogue.file_names() == []
    (outcome,) = house.unpublish(photo_id)
    assert outcome.is_done
    assert (files(site), house.photo(photo_id).publications) == ([], ())


@pytest.mark.parametrize("command", ["USER", "DELE", "STOR", "RNTO"])
def test_killed_while_it_puts_back_what_a_release_replaced(house: House, site: FtpSite, command: str) -> None:
    photo_id = released(house, changed=True)
    before, row = house.photo(photo_id).publications, house.row(photo_id)
    assert house.publish().done == [photo_id]
    killed_at(command, house, site, UNDO)
    assert [each.is_done for each in house.undo()] == [True]
    assert files(site) == sorted(before[0].paths.values())
    assert house.photo(photo_id).publications == before
    target = house.website.targets[0]
    assert {kind: target.digest(path) for kind, path in before[0].paths.items()} == before[0].hashes
    assert house.website.catalogue.holds(row)


def test_killed_while_it_changes_what_files_there_are(house: House, site: FtpSite) -> None:
    photo_id = released(house, changed=False)
    more = house.work(renditions(Publish(responsive=(32, 48), formats=("webp",))))
    assert house.publish(more).done == [photo_id]
    assert len(files(site)) == 5
    house.back_to_review(photo_id)
    house.approve(photo_id)
    house.release(photo_id)
    killed_at("DELE", house, site)
    require_one_copy(house, site, photo_id, "city")
