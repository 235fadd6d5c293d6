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

from lightgate.adapters.remote import ftp
from lightgate.adapters.remote.target import RemoteTarget
from lightgate.domain.photo import Field, Source, Text
from support.file_servers import PASSWORD, USER, FtpSite, ftp_site
from support.site import House, house_in
from support.stores import NOON
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
house.publish(house.work(kill_at=sys.argv[4] or None))
"""
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
from lightgate.adapters.remote import ftp
from lightgate.adapters.remote.target import RemoteTarget
def target_of(port):
    account = ftp.FtpAccount('web', 'localhost', {USER!r}, {PASSWORD!r}, port=port)
    return RemoteTarget('web', ftp.connector(account))
"""


def worker(house: House, site: FtpSite, kill_at: str = "") -> subprocess.Popen[bytes]:
    tests = Path(__file__).parent.parent
    code = WORKER.replace("{target}", TARGET)
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
            tx.photos.write(photo_id, {"folder": "night"})
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


@pytest.mark.parametrize("command", COMMANDS)
def test_killed_while_it_waits_for_the_server(house: House, site: FtpSite, command: str) -> None:
    photo_id = released(house, changed=False)
    site.forget()
    site.go_wrong(silent=command)
    process = worker(house, site)
    try:
        eventually(lambda: command in site.commands, within_s=30)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
    site.go_right()
    require_one_copy(house, site, photo_id, "city")
