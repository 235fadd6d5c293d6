"""A row of the website's table, and the table as it is shipped."""

from __future__ import annotations

from importlib.resources import files

from lightgate.ports.website import CatalogueRow

DDL = files("lightgate").joinpath("data", "photos_info_revamp.mysql.sql").read_text("utf-8")
ROW = CatalogueRow(
    File_Name="Zürich_001.JPG",
    Folder="city",
    Path="2026/city/Zürich_001.JPG",
    Thumb_Path="2026/thumbs/city/Zürich_001.JPG",
    DateTime="2026:05:04 12:00:00",
    Camera="Canon EOS R5",
    Lens_model=None,
    Width=1500,
    Height=1000,
    Exposure="1/250 sec",
    Aperture="f/5.6",
    ISO=100,
    Focal_length=None,
    Keywords="crane, boat",
    Caption="Two cranes & a “boat” \U0001f6a2",
    alt_text="Cranes.",
    Location="Zürich",
    QR=7.53,
    QC_Status="Top",
    Original_File_Name="IMG_1.JPG",
    nima_score=None,
    blur_score=8.123456789012345,
    brightness_score=5.0,
    contrast_score=6.0,
    brisque_score=None,
    clip_aesthetic_score=5.5,
)
