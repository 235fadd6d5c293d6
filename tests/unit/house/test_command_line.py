"""The command line as a person and a script meet it: help, exit codes, one sentence for a mistake, JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lightgate.adapters.sqlite import SqliteStore
from lightgate.cli import lightgate
from lightgate.domain.photo import LedgerState, Publication
from lightgate.files.data_folder import DataFolder
from lightgate.files.picture_proof import hashes_of
from lightgate.steps import STAGES
from lightgate_workers.dead_man import DeadMan
from support.pictures import jpeg, quarters
from support.stores import write_row

Run = Callable[..., Result]


def all_commands(group: click.Group, path: Sequence[str] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))


COMMANDS = dict(all_commands(lightgate))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIGHTGATE_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LIGHTGATE_BROKER_URL", "redis://127.0.0.1:1/0")

    def invoke(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(lightgate, arguments, input=typed)

    return invoke


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "canals"
    folder.mkdir()
    for number in range(3):
        jpeg(folder / f"photo{number}.jpg", quarters(40 + 2 * number, 30))
    return folder


def submit(run: Run, pictures: Path, *more: str) -> Result:
    fields = ("--subject", "Canal houses", "--location", "Amsterdam", "--folder", "Streets")
    return run("submit", str(pictures), *fields, *more)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_helps_with_an_example(run: Run, path: tuple[str, ...]) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert "Example: lightgate" in result.stdout


@pytest.mark.parametrize("name", ["doctor", "submit", "rollback", "sets", "status", "show", "retry", "stats", "config",
                                  "publish", "unpublish", "backup", "pictures"])  # fmt: skip
def test_every_command_that_reports_has_json(name: str) -> None:
    assert any("--json" in parameter.opts for parameter in COMMANDS[name,].params)


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").output.startswith("lightgate, version ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("no-such-command",), 2, "lightgate: No such command 'no-such-command'. See lightgate --help.\n"),
        (("submti",), 2, "lightgate: No such command 'submti'. Did you mean 'submit'? See lightgate --help.\n"),
        (("submit", "--sbject"), 2, "Did you mean one of: '--subject'"),
        (("show", "abc"), 2, "lightgate: Invalid value for 'PHOTO': 'abc' is not a valid integer."),
        (("--config", ".", "sets"), 2, "is a directory"),
        (("submit",), 2, "Missing: PATHS, --subject, --location, --folder."),
        (("submit", "no-such-folder"), 2, "does not exist"),
        (("retry",), 2, "Give photo numbers, or --failed."),
        (("show", "7"), 1, "lightgate: There is no photo 7.\n"),
        (("rollback", "no-such-set"), 1, "lightgate: There is no set no-such-set.\n"),
        (("publish",), 2, "--dry-run"),
        (("names", "import"), 2, "Give a file, or --catalogue."),
        (("--config", "no-such.toml", "sets"), 2, "there is no file no-such.toml"),
        (("user", "passwd", "nobody", "--password-stdin"), 1, "There is no person nobody."),
    ],
)
def test_a_mistake_is_one_sentence_and_an_exit_code(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    result = run(*arguments, typed="long enough to be one\n")
    assert result.exit_code == code
    assert said in result.stderr
    assert result.stderr.startswith("lightgate: ")
    assert result.stderr.count("\n") == 1


def test_a_mistyped_variable_is_refused_with_a_suggestion(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIGHTGATE_CAPTIONNER", "draft")
    result = run("sets")
    assert result.exit_code == 2
    assert "Did you mean LIGHTGATE_CAPTIONER?" in result.stderr


def test_a_data_folder_that_cannot_be_made_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIGHTGATE_HOME", "/dev/null/data")
    result = run("sets")
    assert result.exit_code == 2
    assert result.stderr == "lightgate: The setting home is not valid: /dev/null is a file, not a folder.\n"


def test_a_folder_without_a_photograph_is_no_success(run: Run, tmp_path: Path) -> None:
    (tmp_path / "canals").mkdir()
    (tmp_path / "canals" / "notes.txt").write_text("The canals in May", "utf-8")
    result = submit(run, tmp_path / "canals")
    assert result.exit_code == 1
    assert "skipped notes.txt: .txt files are not taken in." in result.stdout
    assert "Canal houses, Amsterdam: none of these files can be taken in." in result.stdout


def test_a_set_is_taken_in_without_a_broker_and_listed(run: Run, pictures: Path) -> None:
    (pictures / "broken.jpg").write_bytes(b"")
    result = submit(run, pictures)
    assert result.exit_code == 0, result.output
    assert "skipped broken.jpg" in result.stdout
    assert "3 photos taken in as canal-houses-amsterdam" in result.stdout
    [listed] = json.loads(run("sets", "--json").stdout)
    assert (listed["set"], listed["photos"], listed["on_the_way"]) == ("canal-houses-amsterdam", 3, 3)


def test_a_set_that_was_taken_in_before_is_nothing_new_and_no_failure(run: Run, pictures: Path) -> None:
    submit(run, pictures)
    again = submit(run, pictures)
    assert (again.exit_code, again.stdout.splitlines()[-1]) == (0, "Canal houses, Amsterdam: nothing new.")


def test_a_dry_run_names_the_photos_and_takes_nothing_in(run: Run, pictures: Path) -> None:
    [plan] = json.loads(submit(run, pictures, "--dry-run", "--json").stdout)
    assert [each["name"] for each in plan["names"]] == [
        f"Canal_houses_Amsterdam_Streets_Photography_00{number}.JPG" for number in (1, 2, 3)
    ]
    assert json.loads(run("sets", "--json").stdout) == []


def test_a_manifest_takes_many_sets_in(run: Run, pictures: Path, tmp_path: Path) -> None:
    other = tmp_path / "bridges"
    other.mkdir()
    jpeg(other / "bridge.jpg", quarters(100, 30))
    (tmp_path / "sets.toml").write_text(
        '[[set]]\npath = "canals"\nsubject = "Canals"\nlocation = "A"\nfolder = "f"\n'
        '[[set]]\npath = "bridges"\nsubject = "Bridges"\nlocation = "B"\nfolder = "f"\n'
    )
    result = run("submit", "--manifest", "sets.toml", "--json")
    assert [len(each["photo_ids"]) for each in json.loads(result.stdout)] == [3, 1]


def test_a_brief_may_stand_in_a_file(run: Run, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("The canal parade of 2024")
    submit(run, pictures, "--brief", "@brief.txt")
    assert json.loads(run("show", "1", "--json").stdout)["photo"]["brief"] == "The canal parade of 2024"


def test_a_set_can_be_rolled_back(run: Run, pictures: Path) -> None:
    submit(run, pictures)
    result = run("rollback", "canal-houses-amsterdam")
    assert result.stdout.startswith("canal-houses-amsterdam: 3 photos taken back")
    assert json.loads(run("sets", "--json").stdout) == []


def test_a_name_that_a_terminal_would_obey_is_printed_harmlessly(run: Run, pictures: Path) -> None:
    (pictures / "bad\x1b[2Jname.jpg").write_bytes(b"")
    result = submit(run, pictures)
    assert "\x1b" not in result.output


def test_status_says_whether_it_runs_and_how_far_sets_are(run: Run, pictures: Path) -> None:
    submit(run, pictures)
    answer = json.loads(run("status", "--json").stdout)
    assert answer["running"] is None
    assert answer["ready"] == {"exif": 3}
    assert "not running" in run("status", "canal-houses-amsterdam").stdout


def test_status_names_workers_that_run_elsewhere_on_the_data_folder(run: Run, tmp_path: Path) -> None:
    for name in ("exif@one", "exif@two", "quality@one"):
        worker = DeadMan(name, tmp_path / "data" / "run")
        (tmp_path / "data" / "run").mkdir(parents=True, exist_ok=True)
        worker.arm()
        worker.look()

    others = "".join(f", no {stage}" for stage in STAGES if stage not in {"exif", "quality"})
    assert {"caption", "publish"} <= set(STAGES)
    assert f"2 exif, 1 quality{others}." in run("status").stdout.replace("\n", " ")
    assert len(json.loads(run("status", "--json").stdout)["workers"]) == 3


def test_a_folder_that_a_container_does_not_see_is_refused_with_the_one_it_sees(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIGHTGATE_INTAKE__MOUNTED_AT", "/photos")
    result = run("submit", "/home/ann/Pictures", "--subject", "A", "--location", "B", "--folder", "C")
    assert result.exit_code == 2
    assert "/home/ann/Pictures does not exist in this container" in result.stderr
    assert "as /photos: the one PHOTOS names" in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_a_folder_that_a_container_may_not_read_is_refused_with_who_may_not(
    run: Run, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIGHTGATE_INTAKE__MOUNTED_AT", "/photos")
    pictures.chmod(0)
    for path in (pictures, pictures / "one.jpg"):
        result = run("submit", str(path), "--subject", "A", "--location", "B", "--folder", "C")
        assert result.exit_code == 2
        assert f"{path} may not be read by user {os.geteuid()}" in result.stderr
        assert "PUID" in result.stderr
    pictures.chmod(0o755)


def test_show_says_why_a_photo_is_not_live(run: Run, pictures: Path) -> None:
    submit(run, pictures)
    result = run("show", "1")
    assert "Not live yet: it is in the queue to be read." in result.stdout
    assert "history" in result.stdout


def test_status_and_show_say_until_when_photos_wait_and_why(run: Run, pictures: Path, tmp_path: Path) -> None:
    submit(run, pictures)
    until = datetime.now(UTC) + timedelta(minutes=5)
    held = {"not_before": until, "error_code": "x", "error_message": "The disk is full."}
    with closing(SqliteStore(tmp_path / "data" / "review.db")) as store, store.writing() as tx:
        write_row(tx, 1, held)
        write_row(tx, 2, held)
    words = f"until {until.astimezone():%H:%M} after an error: The disk is full."
    assert f"2 photos wait {words}" in run("status").stdout
    assert f"1 photo waits {words}" in run("show", "2").stdout
    assert "waits until" not in run("show", "3").stdout
    [told] = json.loads(run("status", "--json").stdout)["held_back"]
    assert (told["photos"], told["why"]) == (2, "The disk is full.")
    assert json.loads(run("show", "1", "--json").stdout)["held_back"][0]["why"] == "The disk is full."


def test_show_and_status_say_what_the_website_has(run: Run, pictures: Path, tmp_path: Path) -> None:
    submit(run, pictures)
    checks: dict[str, dict[str, str | int | bool | None]] = {"full": {"status": 404, "is_same": False}}
    publication = Publication("old server", LedgerState.LIVE, "a.jpg", {"full": "2026/a.jpg"}, checks=checks)
    with closing(SqliteStore(tmp_path / "data" / "review.db", durable=False)) as store, store.writing() as tx:
        tx.publications.put(1, publication, datetime.now(UTC))
    shown = run("show", "1").stdout
    assert "An earlier version is live; this one is in the queue to be read." in shown
    assert "seen by a visitor: no (full of old server: the website answers 404)" in shown
    assert "this target is no longer in the settings: what lies there stays" in shown
    told = json.loads(run("show", "1", "--json").stdout)
    assert (told["liveness"], told["seen_by_visitor"]["answer"]) == ("live_as_earlier_version", "no")
    assert "On the website: 1 earlier version live." in run("status").stdout
    [found] = json.loads(run("status", "--json").stdout)["sets"]
    assert found["by_liveness"] == {"live_as_earlier_version": 1}


def test_pictures_are_made_anew_from_the_original_that_was_taken_in(run: Run, pictures: Path, tmp_path: Path) -> None:
    submit(run, pictures)
    folder = DataFolder(tmp_path / "data")
    with closing(SqliteStore(folder.database, durable=False)) as store:
        made = run("pictures", "1", "1")
        assert (made.exit_code, made.stdout) == (0, "Photo 1: its pictures are made anew.\n")
        with store.reading() as tx:
            photo, other = tx.photos.many([1, 2])
        files = folder.proxy_files(photo.content_hash)
        assert hashes_of(files) == photo.pictures
        files.view.write_bytes(b"another photo")
        assert json.loads(run("pictures", "1", "--json").stdout)[0]["pictures"] == photo.pictures
        assert hashes_of(files) == photo.pictures
        # an original that was swapped is not the photo
        folder.original(other.content_hash, ".jpg").write_bytes(
            folder.original(photo.content_hash, ".jpg").read_bytes()
        )
        refused = run("pictures", "2", "9")
        assert refused.exit_code == 1
        assert "Photo 2: The working copy of this photo is missing or has changed on disk." in refused.stdout
        assert "Photo 9: There is no photo 9." in refused.stdout
        with store.reading() as tx:
            assert tx.photos.get(2).pictures == {}
            assert [each.name for each in tx.events.of_photo(1) if each.kind == "pictures"] == ["made", "made"]


def test_retry_of_a_photo_that_did_not_fail_is_refused(run: Run, pictures: Path) -> None:
    submit(run, pictures)
    assert run("retry", "1").exit_code == 1
    assert run("retry", "--failed").stdout == "No photo has failed.\n"


def test_a_person_is_added_and_gets_another_password(run: Run) -> None:
    added = run("user", "add", "mira", "--password-stdin", typed="long enough to be one\n")
    assert added.stdout.startswith("mira may sign in")
    assert run("user", "add", "MIRA", "--password-stdin", typed="long enough to be one\n").exit_code == 2
    assert run("user", "passwd", "mira", "--password-stdin", typed="short\n").exit_code == 2
    assert run("user", "passwd", "mira", "--password-stdin", typed="another long one\n").exit_code == 0


def test_settings_are_shown_without_secrets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIGHTGATE_REVIEW__PASSWORD", "hunter2hunter2")
    monkeypatch.setenv("LIGHTGATE_BROKER_URL", "redis://:hunter2@redis/0")
    for shown in (run("config").stdout, run("config", "--json").stdout):
        assert "hunter2" not in shown
        assert "captioner" in shown


def test_names_go_out_and_come_in(run: Run, tmp_path: Path) -> None:
    (tmp_path / "used.json").write_text('["Canals_A_f_Photography_007.JPG"]')
    assert json.loads(run("names", "import", "used.json", "--json").stdout)["new"] == 1
    assert run("names", "export", "out.json").stdout == "out.json: 1 names.\n"
    assert json.loads((tmp_path / "out.json").read_text()) == ["Canals_A_f_Photography_007.JPG"]


def test_statistics_of_an_empty_catalogue(run: Run) -> None:
    assert json.loads(run("stats", "--json").stdout) == {"rows": 0, "bands": {}, "cameras": []}


def test_nothing_would_be_published_of_nothing(run: Run) -> None:
    assert json.loads(run("publish", "--dry-run", "--json").stdout) == []
    assert run("publish", "--dry-run").stdout == "0 photos would be published. Nothing was changed.\n"


def test_down_without_an_installation_is_no_error(run: Run) -> None:
    result = run("down")
    assert (result.exit_code, result.stdout) == (0, "Lightgate was not running.\n")
