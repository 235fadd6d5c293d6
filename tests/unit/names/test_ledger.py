"""The ledger file follows the database, and ledgers of older tools come in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.names import naming
from lightgate.domain.names.naming import Rule
from lightgate.errors import InputInvalid, NameTaken
from lightgate.files.data_folder import DataFolder
from lightgate.names.ledger import KEPT_BACKUPS, export, import_catalogue, import_file, refresh
from lightgate.store import Reservation
from support.stores import NOON, add_photos, bring_to, make_store

RULE = Rule()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


def ledger(file: Path, content: object) -> Path:
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


class TestImporting:
    @pytest.mark.parametrize("content", [
        ["Canal_004.JPG", "Canal_002.JPG"],
        {"Canal_004.JPG": 1, "Canal_002.JPG": {"when": "2025"}},
        {"used": ["Canal_004.JPG", "Canal_002.JPG"], "version": 2},
    ])  # fmt: skip
    def test_numbers_go_on_from_an_older_ledger(self, store: SqliteStore, tmp_path: Path, content: object) -> None:
        done = import_file(store, ledger(tmp_path / "used.json", content), RULE, NOON)
        assert (done.new, done.known, done.bad) == (2, 0, ())
        with store.reading() as tx:
            assert tx.names.highest(["canal"]) == {"canal": 4}

    def test_an_imported_name_is_never_given_again(self, store: SqliteStore, tmp_path: Path) -> None:
        import_file(store, ledger(tmp_path / "used.json", ["Cânal_004.JPG"]), RULE, NOON)
        key = naming.fold("canal_004")
        with pytest.raises(NameTaken), store.writing() as tx:
            tx.names.reserve(Reservation(key, "canal_004.JPG", "canal", 4, 1), NOON)

    def test_importing_twice_adds_nothing(self, store: SqliteStore, tmp_path: Path) -> None:
        file = ledger(tmp_path / "used.json", ["Canal_004.JPG", "canal_004.jpg"])
        assert import_file(store, file, RULE, NOON).new == 1
        again = import_file(store, file, RULE, NOON)
        assert (again.new, again.known) == (0, 1)

    def test_bad_entries_are_named_and_the_rest_comes_in(self, store: SqliteStore, tmp_path: Path) -> None:
        entries = ["Good_001.JPG", 5, "", "a/b.JPG", "x" * 300, "a\nb.JPG", "\ud800.JPG", None]
        done = import_file(store, ledger(tmp_path / "used.json", entries), RULE, NOON)
        assert done.new == 1
        assert done.bad[0] == "Entry 2 is not a text: 5"
        assert [line.split(":")[0] for line in done.bad[1:]] == [
            "Entry 3 is empty",
            "Entry 4 holds characters that no file name may have",
            "Entry 5 is too long for a file name",
            "Entry 6 holds characters that no file name may have",
            "Entry 7 holds characters that no file name may have",
            "Entry 8 is not a text",
        ]

    @pytest.mark.parametrize(("content", "says"), [
        ("{not json", "is not a JSON file"), ('"a text"', "holds no list"), ("[" * 100_000, "is not a JSON file"),
        ("", "is not a JSON file"),
    ])  # fmt: skip
    def test_a_file_that_is_no_ledger_is_refused(
        self, store: SqliteStore, tmp_path: Path, content: str, says: str
    ) -> None:
        with pytest.raises(InputInvalid, match=says):
            import_file(store, ledger(tmp_path / "used.json", content), RULE, NOON)

    def test_a_missing_file_is_refused(self, store: SqliteStore, tmp_path: Path) -> None:
        with pytest.raises(InputInvalid, match="cannot be read"):
            import_file(store, tmp_path / "nowhere.json", RULE, NOON)

    def test_the_catalogues_names_come_in(self, store: SqliteStore) -> None:
        class Site:
            def file_names(self) -> list[str]:
                return ["Canal_017.JPG", ""]

        done = import_catalogue(store, Site(), RULE, NOON)  # type: ignore[arg-type]
        assert (done.new, len(done.bad)) == (1, 1)


class TestExporting:
    def test_an_exported_ledger_comes_back_whole(self, store: SqliteStore, tmp_path: Path) -> None:
        names = ["b_001.JPG", "Écluse_002.JPG", "a_010.JPG"]
        import_file(store, ledger(tmp_path / "used.json", names), RULE, NOON)
        assert export(store, tmp_path / "out.json") == 3
        assert json.loads((tmp_path / "out.json").read_text("utf-8")) == sorted(names)

    def test_an_export_that_cannot_be_written_is_said(self, store: SqliteStore, tmp_path: Path) -> None:
        with pytest.raises(InputInvalid, match="cannot be written"):
            export(store, tmp_path / "nowhere" / "out.json")

    def test_the_data_folders_ledger_follows_the_database(self, store: SqliteStore, tmp_path: Path) -> None:
        folder = DataFolder(tmp_path)
        assert refresh(store, folder, NOON)
        assert json.loads(folder.names_ledger.read_text()) == []
        import_file(store, ledger(tmp_path / "used.json", ["Canal_004.JPG"]), RULE, NOON)
        assert refresh(store, folder, NOON)
        assert json.loads(folder.names_ledger.read_text()) == ["Canal_004.JPG"]
        assert not refresh(store, folder, NOON)

    def test_a_ledger_that_somebody_removed_comes_back(self, store: SqliteStore, tmp_path: Path) -> None:
        folder = DataFolder(tmp_path)
        refresh(store, folder, NOON)
        folder.names_ledger.unlink()
        assert refresh(store, folder, NOON)

    def test_only_changed_ledgers_are_kept_and_only_so_many(self, store: SqliteStore, tmp_path: Path) -> None:
        folder = DataFolder(tmp_path)
        for number in range(KEPT_BACKUPS + 5):
            import_file(store, ledger(tmp_path / "used.json", [f"n_{number:03}.JPG"]), RULE, NOON)
            for second in range(2):
                refresh(store, folder, NOON + timedelta(minutes=number, seconds=second))
        backups = sorted(folder.backups.glob("used_filenames.json.bak_*"))
        assert len(backups) == KEPT_BACKUPS
        assert len(json.loads(backups[-1].read_text())) == KEPT_BACKUPS + 4

    def test_a_photos_own_name_is_in_the_ledger(self, store: SqliteStore, tmp_path: Path) -> None:
        folder = DataFolder(tmp_path)
        refresh(store, folder, NOON)
        photo = bring_to(store, add_photos(store, 1)[0], "quality")
        with store.writing() as tx:
            tx.notes.put("names.exported", None, NOON)
        refresh(store, folder, NOON)
        assert json.loads(folder.names_ledger.read_text()) == [photo.file_name]
