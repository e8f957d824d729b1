"""Every exporter keeps the contract that aim.testing.exporters ships."""

import csv
import io
import json
import tempfile
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import geopandas as gpd
import openpyxl
import pytest

from aim.exports import EXPORTERS, exporter_for, listing_of_hotspots, write_listing
from aim.testing.exporters import (
    EXPORTER_CHECKS,
    Readback,
    check_stamp,
    example_run,
    example_stamp,
)

KML = "{http://www.opengis.net/kml/2.2}"


def read_csv(content):
    text = content.decode("utf-8-sig")
    return Readback(list(csv.DictReader(io.StringIO(text, newline=""))), text)


def read_json(content):
    found = json.loads(content)
    rows = found.get("hotspots", found.get("incidents"))
    return Readback(rows, json.dumps(found, ensure_ascii=False))


def read_geojson(content):
    found = json.loads(content)
    rows = [feature["properties"] for feature in found["features"]]
    return Readback(rows, json.dumps(found, ensure_ascii=False))


def read_xlsx(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    heads, *lines = book.worksheets[0].iter_rows(values_only=True)
    cells = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    ]
    return Readback([dict(zip(heads, line, strict=True)) for line in lines], "\n".join(cells))


def read_gpkg(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.gpkg"
        path.write_bytes(content)
        layer = next(name for name in gpd.list_layers(path)["name"] if name != "notes")
        rows = gpd.read_file(path, layer=layer).drop(columns="geometry")
        notes = gpd.read_file(path, layer="notes")
    told = map(str, [*notes["kind"], *notes["text"], *rows.to_numpy().ravel()])
    return Readback(rows.to_dict("records"), "\n".join(told))


def read_kml(content):
    root = ET.fromstring(content)  # noqa: S314 - we wrote it a moment ago
    rows = [
        {one.get("name"): one.findtext(f"{KML}value") for one in mark.iter(f"{KML}Data")}
        for mark in root.iter(f"{KML}Placemark")
    ]
    return Readback(rows, "\n".join(root.itertext()).replace("&amp;", "&"))


READERS = {
    "csv": read_csv,
    "json": read_json,
    "geojson": read_geojson,
    "xlsx": read_xlsx,
    "gpkg": read_gpkg,
    "kml": read_kml,
}


def test_every_exporter_is_under_contract():
    assert set(READERS) == set(EXPORTERS)


@pytest.mark.parametrize("check", EXPORTER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("file_format", READERS)
def test_an_exporter_keeps_the_contract(file_format, check):
    check(exporter_for(file_format), READERS[file_format])


def test_the_contract_catches_an_exporter_that_forgets_the_stamp():
    class Forgetful:
        suffix, media_type = ".txt", "text/plain"

        def write(self, listing, file):
            file.write(listing.title.encode())

    with pytest.raises(AssertionError, match="lacks"):
        check_stamp(Forgetful(), lambda content: Readback([], content.decode()))


def test_an_outside_exporter_is_found_by_its_entry_point(monkeypatch):
    class Outside:
        suffix, media_type = ".own", "text/plain"

    entry = SimpleNamespace(name="own", load=lambda: Outside)
    monkeypatch.setattr("aim.exports.writing.entry_points", lambda **_: [entry])
    assert exporter_for("own").suffix == ".own"


def test_a_workbook_freezes_its_header_and_carries_the_marking_on_every_sheet():
    content = write_listing(listing_of_hotspots(example_run(), example_stamp()), "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [sheet.oddHeader.center.text[:18] for sheet in book] == ["OFFICIAL-SENSITIVE"] * 2
    assert book.worksheets[0].freeze_panes == "A2"
    assert book.worksheets[0].tables["Hotspots"].ref == "A1:V6"
