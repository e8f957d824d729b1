"""Text formats: csv for spreadsheets and scripts, json and geojson for programs."""

import csv
import io
from typing import Any, BinaryIO

import orjson
import shapely

from aim.errors import ExportError
from aim.exports.cells import escape_cell
from aim.exports.listing import Listing, iso

STAMP_COLUMNS = ("handling", "complete_to", "attribution", "parameters", "notes")
_METRES = 0.1


class CsvExporter:
    """CSV: UTF-8 with the mark Excel looks for, one header line, nothing above it.

    Handling, dates, attributions, parameters and warnings stand in the last five columns of every
    row, so that the file stays a table and a row cut out of it keeps its marking; a list without
    rows is its header alone. Outlines are text (WKT) in metres of the National Grid.
    """

    suffix = ".csv"
    media_type = "text/csv; charset=utf-8"

    def write(self, listing: Listing, file: BinaryIO) -> None:
        """Write the list."""
        outlines = _outline_texts(listing)
        stamped = _stamp_cells(listing)
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([*listing.columns(), *(["geometry"] if outlines else []), *STAMP_COLUMNS])
        for position, record in enumerate(listing.records(iso)):
            outline = [outlines[position]] if outlines else []
            cells = [*record.values(), *outline, *stamped]
            writer.writerow([escape_cell(cell) for cell in cells])
        file.write(text.getvalue().encode("utf-8-sig"))


def _outline_texts(listing: Listing) -> list[str]:
    if "easting" in listing.rows.columns and "geometry" not in listing.rows.columns:
        return []  # points: their coordinates stand in columns of their own
    shapes = listing.shapes(degrees=False)
    if shapes is None:
        return []
    return [str(text) for text in shapely.to_wkt(shapely.set_precision(shapes, _METRES))]


def _stamp_cells(listing: Listing) -> list[str]:
    marking, complete, *others = listing.stamp_lines()
    return [
        marking,
        complete,
        " | ".join(others),
        listing.parameters_line(),
        " ".join(listing.notes),
    ]


class JsonExporter:
    """JSON: parameters, facts and stamp first, then the rows under the list's name."""

    suffix = ".json"
    media_type = "application/json"

    def write(self, listing: Listing, file: BinaryIO) -> None:
        """Write the list."""
        file.write(dump_json(_head(listing) | {listing.name: listing.records(iso)}))


class GeoJsonExporter:
    """GeoJSON after RFC 7946: WGS84 degrees, stamp and parameters as foreign members."""

    suffix = ".geojson"
    media_type = "application/geo+json"

    def write(self, listing: Listing, file: BinaryIO) -> None:
        """Write the list.

        Raises
        ------
        ExportError
            The rows have no places.
        """
        shapes = listing.shapes(degrees=True)
        if shapes is None:
            raise placeless(listing, "GeoJSON")
        features = [
            {"type": "Feature", "geometry": _fragment(shape), "properties": record}
            for shape, record in zip(shapes, listing.records(iso), strict=True)
        ]
        head = {"type": "FeatureCollection"} | _head(listing)
        file.write(dump_json(head | {"features": features}))


def placeless(listing: Listing, kind: str) -> ExportError:
    """Return the error for rows that no map format can take."""
    return ExportError(
        f"{listing.title!r} was asked for as {kind}, but its rows have no places;"
        " write it as csv, json or xlsx."
    )


def _fragment(shape: Any) -> orjson.Fragment | None:
    return None if shape is None else orjson.Fragment(shapely.to_geojson(shape))


def _head(listing: Listing) -> dict[str, Any]:
    stamp = listing.stamp
    return {
        "title": listing.title,
        "parameters": dict(listing.parameters),
        "facts": dict(listing.facts),
        "stamp": {
            "handling": stamp.handling,
            "partnership": stamp.partnership,
            "complete_to": stamp.complete_to,
            "attributions": list(stamp.attributions),
            "lines": list(listing.stamp_lines()),
        },
        "notes": list(listing.notes),
    }


def dump_json(value: object) -> bytes:
    r"""Write JSON a person can read too.

    Examples
    --------
    >>> dump_json({"a": 1})
    b'{\n  "a": 1\n}\n'
    """
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    return orjson.dumps(value, option=options | orjson.OPT_NON_STR_KEYS, default=str)
