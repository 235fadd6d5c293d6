"""Publishing photographs of 24 megapixels to an FTP server and MariaDB, beside a shell script that does the same."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lightgate.adapters.website.catalogue.mysql import MysqlCatalogue
from lightgate.adapters.website.open import open_target
from lightgate.domain.photo import Exif, ExifFacts, QualityFacts, Rights, Scores
from lightgate.domain.route.pipeline import start
from lightgate.settings import Mysql, Target
from lightgate.store import NewPhoto
from support.catalogue_rows import DDL
from support.file_servers import PASSWORD, USER, FtpSite, ftp_site
from support.large_photos import write_photo
from support.measuring import result
from support.programs import find
from support.servers import MariaDbServer, mariadb_in
from support.site import House, house_in
from support.stores import NOON, ROUTE, add_set, bring_to

PHOTOS = 100
#: different pictures; the others differ from them in a few bytes
PICTURES = 10
_CLEAR = Path("/proc/self/clear_refs")
NAME = "publish photos of 24 MP"
EXIF = Exif(date_time="2026:05:04 12:00:00")
#: two pictures at a time, as many as the machine has cores; then one transfer and one client for all
SCRIPT = """
set -e
cd "$WORK"
mkdir -p full thumbs
ls "$CARD"/*.jpg | xargs -P "$CORES" -n 10 sh -c '
  vipsthumbnail "$@" --size 1500x1000 --export-profile srgb -o "$WORK/full/%s.jpg[Q=90,optimize-coding]"
  vipsthumbnail "$@" --size 548x365 --export-profile srgb -o "$WORK/thumbs/%s.jpg[Q=90,optimize-coding]"' sh
lftp -e "set net:max-retries 1; mirror -R full 2026/city; mirror -R thumbs 2026/thumbs/city; bye" \
     -u "$USER_PASSWORD" -p "$PORT" ftp://localhost >/dev/null
for file in full/*.jpg; do name=$(basename "$file")
  echo "INSERT INTO photos_info_revamp (Folder, File_Name, Path, Thumb_Path, Width, Height, Keywords, Caption, alt_text,
    Location, QC_Status, Original_File_Name) VALUES ('city', '$name', '2026/city/$name', '2026/thumbs/city/$name', 1500,
    1000, 'a, b', 'A caption.', 'An alt text.', 'Here', 'Top', '$name')
    ON DUPLICATE KEY UPDATE Caption = VALUES(Caption);"
done | mariadb --no-defaults -h 127.0.0.1 -P "$SQL_PORT" -u "$SQL_USER" -p"$SQL_PASSWORD" site
"""


def run(photos: int = PHOTOS) -> list[dict[str, object]]:
    """Measure in turns on the same servers; give the better of two runs each."""
    absent = [name for name in ("vipsthumbnail", "lftp", "mariadb") if shutil.which(name) is None]
    if find("mariadb") is None:
        absent.append("mariadbd")
    if absent:
        return [result(NAME, 0, "", None, f"not measured: {', '.join(absent)} not installed")]
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as place:
        folder = Path(place)
        card = _card(folder / "card", photos)
        (folder / "mariadb").mkdir()
        with mariadb_in(folder / "mariadb") as database:
            _make_site(database)
            scripts, runs = [], []
            for turn in range(2):
                scripts.append(_script(folder / f"script{turn}", card, database))
                _forget_most_memory()
                runs.append(_ours(folder / f"ours{turn}", card, database))
    script, (ours, connections) = min(scripts), min(runs)
    return [
        result(NAME, photos / ours, "photos/s", script / ours, f"vipsthumbnail + lftp + mariadb ({script:.1f} s)"),
        result("FTP connections for them", connections, "", None, "one a worker"),
        result("most memory while publishing", _most_memory_mb(), "MB", None, "of this process"),
    ]


def _card(card: Path, photos: int) -> Sequence[Path]:
    card.mkdir()
    contents = [write_photo(card / "picture", seed).read_bytes() for seed in range(min(PICTURES, photos))]
    (card / "picture").unlink()
    files = [card / f"IMG_{number:04}.jpg" for number in range(photos)]
    for number, file in enumerate(files):
        file.write_bytes(contents[number % len(contents)] + str(number).encode())
    return files


def _make_site(database: MariaDbServer) -> None:
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE site CHARACTER SET utf8mb4")
        cursor.execute("USE site")
        cursor.execute(DDL)


def _script(folder: Path, card: Sequence[Path], database: MariaDbServer) -> float:
    work = folder / "work"
    work.mkdir(parents=True)
    with ftp_site(folder) as site:
        (site.root / "2026/thumbs").mkdir(parents=True)
        told = {"WORK": work, "CARD": card[0].parent, "CORES": os.cpu_count(), "USER_PASSWORD": f"{USER},{PASSWORD}"}
        told |= {"PORT": site.port, "SQL_PORT": database.port, "SQL_USER": database.user}
        environ = {
            **os.environ,
            **{name: str(value) for name, value in told.items()},
            "SQL_PASSWORD": database.password,
        }
        began = time.perf_counter()
        subprocess.run(["sh", "-c", SCRIPT], env=environ, check=True, stdout=subprocess.DEVNULL)
        took = time.perf_counter() - began
        _require(site, len(card))
        return took


def _ours(folder: Path, card: Sequence[Path], database: MariaDbServer) -> tuple[float, int]:
    house = house_in(folder / "home")
    ids = [_take_in(house, file) for file in card]
    for photo_id in ids:
        house.approve(photo_id)
    house.release(*ids)
    mysql = {"host": database.host, "port": database.port, "user": database.user, "password": database.password}
    with ftp_site(folder) as site:
        told = {"kind": "ftp", "host": "localhost", "port": site.port, "user": USER, "password": PASSWORD}
        target = open_target("web", Target.model_validate(told))
        catalogue = MysqlCatalogue(Mysql.model_validate({**mysql, "database": "site"}))
        house.website.catalogue.close()
        house.website = replace(house.website, targets=(target,), catalogue=catalogue)
        began = time.perf_counter()
        done: list[int] = []
        while len(done) < len(ids):
            report = house.publish()
            assert not report.failed, report.failed
            done += report.done
        took = time.perf_counter() - began
        _require(site, len(card))
        connections = site.commands.count("CONNECT")
        target.close()
        house.close()
    return took, connections


def _take_in(house: House, file: Path) -> int:
    content = file.read_bytes()
    content_hash = hashlib.sha256(content).hexdigest()
    original = house.folder.original(content_hash, ".jpg")
    original.parent.mkdir(parents=True, exist_ok=True)
    original.hardlink_to(file)
    set_id = add_set(house.store).id
    new = NewPhoto(file.name, file.name, str(file), content_hash, len(content), ".jpg")
    with house.store.writing() as tx:
        photo_id = tx.photos.add(set_id, new, start(ROUTE), NOON)
        tx.photos.write_facts(photo_id, ExifFacts(EXIF, Rights("Ann", "© Ann")), NOON)
        tx.photos.write_facts(photo_id, QualityFacts(Scores(qr=7.5, band="Top"), 6000, 4000), NOON)
    bring_to(house.store, photo_id, "review")
    return photo_id


def _forget_most_memory() -> None:
    """Let the kernel count anew. Source: proc(5), clear_refs and VmHWM."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")


def _most_memory_mb() -> float:
    if not _CLEAR.exists():
        return 0
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def _require(site: FtpSite, photos: int) -> None:
    files = [file for file in site.root.rglob("*") if file.is_file()]
    assert len(files) == 2 * photos, len(files)


if __name__ == "__main__":
    for line in run():
        print(line)  # noqa: T201
