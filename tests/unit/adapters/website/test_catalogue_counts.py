from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lightgate.adapters.website.catalogue.counts import TOP_CAMERAS, YearOfCamera, count_catalogue
from lightgate.adapters.website.catalogue.sql import SqlCatalogue
from lightgate.ports.website import CatalogueRow
from support.permits import FREE

ROW = CatalogueRow(
    File_Name="", Folder="f", Path="p", Thumb_Path="t", DateTime=None, Camera=None, Lens_model=None, Width=1, Height=1,
    Exposure=None, Aperture=None, ISO=None, Focal_length=None, Keywords="", Caption="", alt_text="", Location="",
    QR=None, QC_Status="Top", Original_File_Name="o", nima_score=None, blur_score=None, brightness_score=None,
    contrast_score=None, brisque_score=None, clip_aesthetic_score=None,
)  # fmt: skip


def filled(file: Path, *rows: CatalogueRow) -> Path:
    catalogue = SqlCatalogue.in_file(file)
    for number, row in enumerate(rows):
        catalogue.upsert(replace(row, File_Name=f"photo{number}.JPG"), FREE)
    catalogue.close()
    return file


def test_a_catalogue_that_is_not_there_is_empty(tmp_path: Path) -> None:
    found = count_catalogue(tmp_path / "none.db")
    assert (found.rows, found.bands, found.cameras) == (0, {}, ())
    assert not (tmp_path / "none.db").exists()


def test_bands_and_cameras_are_counted_by_year(tmp_path: Path) -> None:
    canon = replace(ROW, DateTime="2023:01:02 03:04:05", Camera="Canon EOS R5")
    sony = replace(ROW, DateTime="2024:01:02 03:04:05", Camera="SONY A7", QC_Status="Good")
    found = count_catalogue(filled(tmp_path / "c.db", canon, sony, sony, replace(ROW, QC_Status="NA")))
    assert found.rows == 4
    assert found.bands == {"Good": 2, "Top": 1, "NA": 1}
    assert found.cameras == (
        YearOfCamera("2023", "Canon EOS R5", 1),
        YearOfCamera("2024", "SONY A7", 2),
        YearOfCamera("undated", "unknown", 1),
    )


def test_rare_cameras_of_a_year_are_counted_together(tmp_path: Path) -> None:
    rows = [replace(ROW, DateTime="2024:01:02", Camera=f"Camera {number}") for number in range(TOP_CAMERAS + 3)]
    found = count_catalogue(filled(tmp_path / "c.db", *rows))
    assert found.cameras[-1] == YearOfCamera("2024", "other", 3)
    assert len(found.cameras) == TOP_CAMERAS + 1
