import json
import re
import warnings
from zipfile import ZipFile

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from aim.areas import read_wards
from aim.errors import AreaError, CrsError
from aim.model.crs import to_degrees, to_grid

SQUARES = [shapely.box(449000, 520000, 449100, 520100), shapely.box(449100, 520000, 449200, 520100)]


def make_areas(*shapes, crs="EPSG:27700", codes=None):
    codes = codes or [f"E0509900{number}" for number in range(1, len(shapes) + 1)]
    names = [f"Ward {code[-1]}" for code in codes]
    return gpd.GeoDataFrame({"WD25CD": codes, "WD25NM": names}, geometry=list(shapes), crs=crs)


def write(path, areas, **options):
    with warnings.catch_warnings():
        # A layer without a reference system is what several tests are about.
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        pyogrio.write_dataframe(areas, path, **options)
    return path


def write_geojson(path, areas):
    """Write coordinates as they are, without naming a reference system."""
    path.write_text(areas.set_crs(None, allow_override=True).to_json(), encoding="utf-8")
    return path


def degrees(shape):
    return shapely.transform(shape, lambda xy: np.column_stack(to_degrees(*xy.T)))


@pytest.fixture(params=["geojson", "gpkg", "shp", "shp.zip", "gpkg.zip", "geojson.zip"])
def file_of_each_format(request, tmp_path):
    suffix, _, packed = request.param.partition(".")
    path = write(tmp_path / f"wards.{suffix}", make_areas(*SQUARES))
    if not packed:
        return path
    with ZipFile(tmp_path / "set.zip", "w") as archive:
        for member in sorted(tmp_path.glob("wards.*")):
            archive.write(member, f"a folder/{member.name}")
    return tmp_path / "set.zip"


def test_each_format_gives_the_same_wards(file_of_each_format):
    wards = read_wards(file_of_each_format)
    assert list(wards.columns) == ["ward_code", "ward_name", "geometry"]
    assert wards.ward_code.tolist() == ["E05099001", "E05099002"]
    assert wards.ward_name.tolist() == ["Ward 1", "Ward 2"]
    assert wards.crs == "EPSG:27700"
    assert shapely.equals_exact(wards.geometry.to_numpy(), SQUARES, 1e-3, normalize=True).all()
    assert (wards.attrs["label"], wards.attrs["notes"]) == ("wards-2025", [])


def make_topology(**objects):
    """Draw one square of a hundredth of a degree, its corner at easting 449000, 520000."""
    west, south = (float(value[0]) for value in to_degrees([449000], [520000]))
    arc = [[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]
    topology = {
        "objects": {
            **objects,
            "wards": {
                "type": "GeometryCollection",
                "geometries": [
                    {
                        "type": "Polygon",
                        "properties": {"WD13CD": "E05099001", "WD13NM": "Harbour"},
                        "arcs": [[0]],
                    }
                ],
            },
        },
        "arcs": [arc],
        "transform": {"scale": [0.001, 0.001], "translate": [west, south]},
    }
    return {"type": "Topology", **topology}


@pytest.mark.parametrize("backwards", [False, True])
def test_topojson_is_read_as_degrees_whatever_comes_first(tmp_path, backwards):
    topology = make_topology()
    parts = dict(reversed(topology.items())) if backwards else topology
    path = tmp_path / "wards.topojson"
    path.write_text(json.dumps(parts, indent=1), encoding="utf-8")
    wards = read_wards(path)
    assert wards.attrs["label"] == "wards-2013"
    assert wards.geometry[0].exterior.distance(shapely.Point(449000, 520000)) < 1e-3


def test_empty_layer_is_passed_over(tmp_path):
    topology = make_topology(districts={"type": "GeometryCollection", "geometries": []})
    path = tmp_path / "wards.json"
    path.write_text(json.dumps(topology), encoding="utf-8")
    assert read_wards(path).ward_code.tolist() == ["E05099001"]


def test_wards_are_sorted_by_code(tmp_path):
    path = write(tmp_path / "w.gpkg", make_areas(*SQUARES, codes=["E05099002", "E05099001"]))
    wards = read_wards(path)
    assert wards.ward_code.tolist() == ["E05099001", "E05099002"]
    assert wards.geometry[1].equals(SQUARES[0])
    assert wards.index.tolist() == [0, 1]


def test_degrees_go_through_the_projection_of_the_incidents(tmp_path):
    path = write_geojson(tmp_path / "w.geojson", make_areas(*map(degrees, SQUARES)))
    lon, lat = shapely.get_coordinates(degrees(SQUARES[0])).T
    wards = read_wards(path)
    expected = np.column_stack(to_grid(lon, lat))
    np.testing.assert_array_equal(shapely.get_coordinates(wards.geometry[0]), expected)
    assert wards.attrs["notes"] == []


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4258"])
def test_other_reference_systems_are_brought_to_the_grid_and_noted(tmp_path, crs):
    areas = make_areas(*map(degrees, SQUARES), crs="EPSG:4326").to_crs(crs)
    wards = read_wards(write(tmp_path / "w.gpkg", areas))
    assert shapely.hausdorff_distance(wards.geometry[0], SQUARES[0]) < 0.01
    assert re.search("turned from .* to metres", wards.attrs["notes"][0])


@pytest.mark.parametrize("suffix", ["shp", "gpkg", "geojson"])
def test_metres_without_a_reference_system_are_taken_as_the_grid_and_noted(tmp_path, suffix):
    path = tmp_path / f"w.{suffix}"
    save = write_geojson if suffix == "geojson" else write
    wards = read_wards(save(path, make_areas(*SQUARES, crs=None)))
    assert shapely.equals(wards.geometry.to_numpy(), SQUARES).all()
    assert "names no reference system" in wards.attrs["notes"][0]


def test_shapefile_without_a_reference_system_off_the_grid_is_refused(tmp_path):
    path = write(tmp_path / "w.shp", make_areas(*map(degrees, SQUARES), crs=None))
    with pytest.raises(CrsError, match=r"no reference system.*\.prj"):
        read_wards(path)


def test_plane_tied_to_no_place_is_taken_as_the_grid_where_it_fits(tmp_path):
    plane = 'LOCAL_CS["Undefined Cartesian SRS",UNIT["Meter",1]]'
    wards = read_wards(write(tmp_path / "w.gpkg", make_areas(*SQUARES, crs=plane)))
    assert shapely.equals(wards.geometry.to_numpy(), SQUARES).all()
    assert "names no reference system" in wards.attrs["notes"][0]


def test_system_without_a_way_to_degrees_is_refused(tmp_path):
    moon = "+proj=longlat +R=1737400 +no_defs"
    with pytest.raises(CrsError, match="no way to WGS84"):
        read_wards(write(tmp_path / "w.gpkg", make_areas(shapely.box(1, 1, 2, 2), crs=moon)))


def test_latitude_before_longitude_is_refused(tmp_path):
    swapped = shapely.transform(degrees(SQUARES[0]), lambda xy: xy[:, ::-1])
    path = write_geojson(tmp_path / "w.geojson", make_areas(swapped))
    with pytest.raises(CrsError, match="Longitude must come before latitude"):
        read_wards(path)


def test_degrees_beyond_the_globe_are_refused(tmp_path):
    path = write_geojson(tmp_path / "w.geojson", make_areas(shapely.box(-500, 95, -400, 99)))
    with pytest.raises(CrsError, match="outside it"):
        read_wards(path)


def test_crossing_rings_are_mended_and_named(tmp_path):
    bow = shapely.Polygon([(449000, 520000), (449100, 520100), (449100, 520000), (449000, 520100)])
    wards = read_wards(write(tmp_path / "w.gpkg", make_areas(bow, SQUARES[1])))
    assert wards.geometry.is_valid.all()
    assert wards.geometry.area.tolist() == [5_000.0, 10_000.0]
    assert wards.attrs["notes"] == ["Rings that cross themselves were mended in E05099001."]


def test_many_mended_wards_are_named_in_part(tmp_path):
    bow = shapely.Polygon([(449000, 520000), (449100, 520100), (449100, 520000), (449000, 520100)])
    wards = read_wards(write(tmp_path / "w.gpkg", make_areas(*[bow] * 7)))
    assert wards.attrs["notes"][0].endswith("E05099005 and 2 more.")


def test_rows_of_one_code_are_joined_and_named(tmp_path):
    far = shapely.box(449500, 520000, 449600, 520100)
    areas = make_areas(*SQUARES, far, codes=["E05099001", "E05099002", "E05099001"])
    wards = read_wards(write(tmp_path / "w.gpkg", areas))
    assert wards.ward_code.tolist() == ["E05099001", "E05099002"]
    assert wards.geometry.area.tolist() == [20_000.0, 10_000.0]
    assert wards.attrs["notes"] == ["Rows with the same code were joined: E05099001."]


def test_lines_beside_polygons_are_left_out(tmp_path):
    mixed = shapely.GeometryCollection([SQUARES[0], shapely.LineString([(449000, 0), (449001, 9)])])
    wards = read_wards(write(tmp_path / "w.gpkg", make_areas(mixed, SQUARES[1])))
    assert wards.geometry[0].equals(SQUARES[0])


def test_heights_are_left_out(tmp_path):
    wards = read_wards(write(tmp_path / "w.gpkg", make_areas(shapely.force_3d(SQUARES[0], 12.0))))
    assert not wards.geometry.has_z.any()


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        shapely.Polygon(),
        shapely.Polygon([(449000, 520000), (449100, 520100), (449000, 520000)]),
    ],
)
def test_ward_that_vanishes_is_refused_by_name(tmp_path, nothing):
    path = write_geojson(tmp_path / "w.geojson", make_areas(SQUARES[0], nothing))
    with pytest.raises(AreaError, match="no polygon is left of E05099002"):
        read_wards(path)


def test_points_are_no_wards(tmp_path):
    path = write(tmp_path / "w.gpkg", make_areas(shapely.Point(449000, 520000)))
    with pytest.raises(AreaError, match="only points or lines"):
        read_wards(path)


def test_polygon_layer_is_chosen_and_noted(tmp_path):
    path = write(tmp_path / "w.gpkg", make_areas(SQUARES[0].centroid), layer="points")
    write(path, make_areas(*SQUARES), layer="areas")
    wards = read_wards(path)
    assert len(wards) == 2
    assert wards.attrs["notes"] == ["Of the layers points, areas, the layer areas was read."]


def test_columns_asked_for_are_used(tmp_path):
    path = write(tmp_path / "w.gpkg", make_areas(*SQUARES).assign(Ref=["B", "A"], Title=["x", "y"]))
    wards = read_wards(path, code="Ref", name="Title")
    assert wards.ward_code.tolist() == ["A", "B"]
    assert wards.ward_name.tolist() == ["y", "x"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "the file is empty"),
        (b"Month,Longitude\n2018-10,1\n", "no boundary file or is damaged"),
        (bytes(range(256)), "no boundary file or is damaged"),
        (b"PK\x03\x04 but no zip", "no boundary file or is damaged"),
        (b"SQLite format 3\x00 but no more", "no boundary file or is damaged"),
        (b"\x00\x00\x27\x0a but no more", "no boundary file or is damaged"),
        (b'{"type":"FeatureCollection","features":[{"type"', "no boundary file or is damaged"),
        (b'{"name": "no boundaries"}', "no boundary file or is damaged"),
        (b"<OGRVRTDataSource></OGRVRTDataSource>", "no boundary file or is damaged"),
        (b'{"type":"FeatureCollection","features":[]}', "holds no area"),
    ],
)
def test_file_that_holds_no_boundaries_is_refused_by_name(tmp_path, content, found):
    path = tmp_path / "wards.geojson"
    path.write_bytes(content)
    with pytest.raises(AreaError, match=f"from .*wards.geojson; .*{found}"):
        read_wards(path)


def test_missing_file_and_folder_are_refused(tmp_path):
    with pytest.raises(AreaError, match="found no such file"):
        read_wards(tmp_path / "none.geojson")
    with pytest.raises(AreaError, match="found a folder"):
        read_wards(tmp_path)


def test_zip_without_boundaries_is_refused(tmp_path):
    with ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(AreaError, match="the zip holds no boundary file"):
        read_wards(tmp_path / "set.zip")


def test_locked_zip_is_refused(tmp_path):
    path = tmp_path / "set.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("wards.geojson", "{}")
    # The first flag bit of both headers says that a password is needed.
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(AreaError, match="no boundary file or is damaged"):
        read_wards(path)


def test_table_without_geometry_is_refused(tmp_path):
    path = tmp_path / "w.gpkg"
    pyogrio.write_dataframe(make_areas(SQUARES[0]).drop(columns="geometry"), path)
    with pytest.raises(AreaError, match="no polygon"):
        read_wards(path)
