"""What the local catalogue counts: rows, quality bands, cameras by year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from lightgate.adapters.sqlite.engine import make_engine
from lightgate.adapters.website.catalogue.sql import table

#: cameras named for each year; the rest is ``other``
TOP_CAMERAS = 5


@dataclass(frozen=True, slots=True)
class YearOfCamera:
    """Photographs of one camera in one year."""

    year: str
    camera: str
    photos: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts over the published catalogue."""

    rows: int
    #: photos by band, the largest first
    bands: dict[str, int]
    #: by year, the largest first
    cameras: tuple[YearOfCamera, ...]


def count_catalogue(file: Path) -> Statistics:
    """Count the catalogue in a local file; one that is not there is empty."""
    if not file.exists():
        return Statistics(0, {}, ())
    year = func.coalesce(func.substr(table.c.DateTime, 1, 4), "undated").label("year")
    camera = func.coalesce(table.c.Camera, "unknown")
    engine = make_engine(file, can_use_wal=False)
    try:
        with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
            bands = connection.execute(
                select(table.c.QC_Status, func.count()).group_by(table.c.QC_Status).order_by(func.count().desc())
            )
            counted = {str(band): int(count) for band, count in bands}
            cameras = connection.execute(select(year, camera, func.count()).group_by(year, camera))
            lines = tuple(_by_year([YearOfCamera(str(y), str(c), int(n)) for y, c, n in cameras]))
    finally:
        engine.dispose()
    return Statistics(sum(counted.values()), counted, lines)


def _by_year(lines: list[YearOfCamera], top: int = TOP_CAMERAS) -> list[YearOfCamera]:
    """Sort by year and number, keeping the most used cameras of each year."""
    kept = []
    for year in sorted({line.year for line in lines}):
        ranked = sorted((line for line in lines if line.year == year), key=lambda line: (-line.photos, line.camera))
        rest = sum(line.photos for line in ranked[top:])
        kept += [*ranked[:top], *([YearOfCamera(year, "other", rest)] if rest else [])]
    return kept
