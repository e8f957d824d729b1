import io
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from aim.exports import Listing, write_listing
from aim.testing.exporters import example_stamp

KML = "{http://www.opengis.net/kml/2.2}"
RING = shapely.box(470_000, 540_000, 471_000, 541_000)
HOLED = RING.difference(RING.centroid.buffer(100, quad_segs=2))


def listing_of(*shapes, **columns):
    rows = gpd.GeoDataFrame(
        columns or {"rank": range(len(shapes))}, geometry=list(shapes), crs="EPSG:27700"
    )
    return Listing("Places", rows, example_stamp(), name="places")


@pytest.mark.parametrize("file_format", ["kml", "geojson", "gpkg"])
def test_holes_and_parts_come_back(file_format, tmp_path):
    several = shapely.MultiPolygon([HOLED, shapely.box(480_000, 540_000, 481_000, 541_000)])
    path = tmp_path / f"places.{file_format}"
    path.write_bytes(write_listing(listing_of(several), file_format))
    layer = "places" if file_format == "gpkg" else None
    found = gpd.read_file(path, layer=layer).to_crs("EPSG:27700").geometry[0]
    assert [len(part.interiors) for part in shapely.get_parts(found)] == [1, 0]
    assert found.area == pytest.approx(several.area, rel=1e-3)


def test_a_geopackage_keeps_metres_and_carries_its_marking(tmp_path):
    path = tmp_path / "places.gpkg"
    path.write_bytes(write_listing(listing_of(RING), "gpkg"))
    found = gpd.read_file(path, layer="places")
    assert found.crs.to_epsg() == 27700
    assert found.geometry[0].equals(RING)
    marking = pyogrio.read_info(path, layer="places")["layer_metadata"]["HANDLING"]
    assert marking == example_stamp().lines()[0]


def test_kml_names_a_placemark_by_rank_and_place():
    content = write_listing(listing_of(RING, rank=[3], name=["Mill Lane"]), "kml")
    mark = next(ET.parse(io.BytesIO(content)).iter(f"{KML}Placemark"))  # noqa: S314 - we wrote it
    assert mark.findtext(f"{KML}name") == "3. Mill Lane"


def test_letters_xml_cannot_hold_are_replaced():
    content = write_listing(listing_of(RING, name=["a\x00b\x1bc"]), "kml")
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c" in content.decode()


def test_an_incident_without_a_position_is_a_placemark_without_a_place():
    rows = pd.DataFrame({"incident_id": ["a"], "lon": [None], "lat": [None]}).astype(
        {"lon": float, "lat": float}
    )
    root = ET.fromstring(write_listing(Listing("I", rows, example_stamp()), "kml"))  # noqa: S314 - we wrote it
    assert [child.tag.removeprefix(KML) for child in next(root.iter(f"{KML}Placemark"))] == [
        "name",
        "styleUrl",
        "ExtendedData",
    ]
