import csv
import io
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from aim.areas.gazetteer import read_places
from aim.errors import AreaError, CrsError, ParameterError
from aim.model.places import PLACE_COLUMN_NAMES


@pytest.fixture
def write(tmp_path):
    """A function that writes a file of places and gives its path."""

    def write_file(content, name="places.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write_file


def layer(path, geometry, crs="EPSG:27700", **columns):
    gpd.GeoDataFrame(columns, geometry=geometry, crs=crs).to_file(path)
    return path


def table(*rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def test_the_table_is_the_declared_one_numbered_from_0(write):
    places = read_places(write("postcode,easting,northing\nNB1 1AA,400100,500200\n"))
    assert tuple(places.columns) == PLACE_COLUMN_NAMES
    assert places.loc[0].tolist() == [
        "postcode", "", "", "NB1 1AA", "", "", 400_100.0, 500_200.0, "postcode",
    ]  # fmt: skip
    assert places.attrs == {"kind": "postcode", "notes": []}


CODE_POINT = [
    "NB1 1AA",
    "10",
    "400100",
    "500200",
    "E92000001",
    "",
    "",
    "",
    "E06099001",
    "E05099001",
]
OLD_CODE_POINT = ["NB1 1AA", *["10"] * 9, "400100", "500200", *["x"] * 7]
HEADED = ["Postcode", "Positional_quality_indicator", "Eastings", "Northings"]


@pytest.mark.parametrize(
    "rows",
    [
        [CODE_POINT],
        [OLD_CODE_POINT],
        [["PC", "PQ", "EA", "NO"], CODE_POINT[:4]],
        [HEADED, CODE_POINT[:4]],
    ],
)
def test_code_point_open_reads_with_and_without_its_header(write, rows):
    places = read_places(write(table(*rows)))
    assert places[["postcode", "easting", "northing"]].to_numpy().tolist() == [
        ["NB1 1AA", 400_100, 500_200]
    ]


def test_every_row_of_a_file_without_a_header_is_read(write):
    second = ["NB11AB", *CODE_POINT[1:]]
    places = read_places(write(table(CODE_POINT, second)))
    assert places.postcode.tolist() == ["NB1 1AA", "NB1 1AB"]


def test_the_postcode_directory_reads_and_tells_the_postcodes_that_ended(write):
    rows = [
        ["pcd", "pcds", "dointr", "doterm", "oseast1m", "osnrth1m", "lat", "long"],
        ["NB1 1AA", "NB1 1AA", "198001", "", "400100", "0500200", "54", "-2"],
        ["NB1 1AB", "NB1 1AB", "198001", "201001", "400101", "0500201", "54", "-2"],
        ["JE1 1AA", "JE1 1AA", "198001", "", "", "", "99.999999", "0"],
    ]
    places = read_places(write(table(*rows)))
    assert places.postcode.tolist() == ["NB1 1AA", "NB1 1AB"]
    assert places.place_class.tolist() == ["", "terminated"]
    assert places.attrs["notes"] == [
        "Left out for want of a position on the British grid (postcode): 1."
    ]


@pytest.mark.parametrize("cell", ["NB11AA", "nb1 1aa", "NB1  1AA", " NB1 1AA "])
def test_postcodes_of_seven_and_eight_places_are_one(write, cell):
    places = read_places(write(f"pcd,easting,northing\n{cell},1,1\n"))
    assert places.postcode.tolist() == ["NB1 1AA"]


def test_what_is_no_postcode_is_left_out_and_counted(write):
    text = "postcode,easting,northing\nNB1 1AA,1,1\nNB1,1,1\n,1,1\n"
    places = read_places(write(text))
    assert len(places) == 1
    assert places.attrs["notes"] == ["Left out, not in the form of a postcode: 2."]


@pytest.mark.parametrize(
    ("easting", "northing", "kept"),
    [(1, 1, 1), (0, 0, 0), (0, 5, 0), (5, 0, 0), (700_000, 5, 0), (5, 1_300_000, 0), ("x", 5, 0)],
)
def test_a_position_must_lie_on_the_grid(write, easting, northing, kept):
    text = f"postcode,easting,northing\nNB1 1AB,9,9\nNB1 1AA,{easting},{northing}\n"
    assert len(read_places(write(text))) == 1 + kept


def test_properties_read_with_street_number_and_class(write):
    rows = [
        ["UPRN", "CLASS", "PAO_START_NUMBER", "PAO_START_SUFFIX", "STREET_DESCRIPTION",
         "TOWN_NAME", "POSTCODE_LOCATOR", "X_COORDINATE", "Y_COORDINATE"],
        ["000000199356", "RD04", "12", "A", "BRILL ROAD", "NORBECK", "NB1 1AA", "400100.5", "5"],
    ]  # fmt: skip
    places = read_places(write(table(*rows)))
    assert places.loc[0].tolist() == [
        "uprn", "12A Brill Road", "Norbeck", "NB1 1AA", "199356", "RD04", 400_100.5, 5.0, "address",
    ]  # fmt: skip


def test_open_uprn_reads_without_any_address(write):
    text = (
        "\ufeffUPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n1,358260.66,172796.5,51.4,-2.6\n"
    )
    places = read_places(write(text))
    assert places[["kind", "uprn", "name", "easting"]].to_numpy().tolist() == [
        ["uprn", "1", "", 358_260.66]
    ]


def test_a_property_without_a_street_bears_no_bare_number(write):
    places = read_places(write("uprn,number,street,x,y\n1,12,,5,5\n"))
    assert places.name.tolist() == [""]


def test_what_is_no_property_number_is_left_out_and_counted(write):
    places = read_places(write("uprn,x,y\n1,5,5\n1234567890123,5,5\nabc,5,5\n0,5,5\n"))
    assert places.uprn.tolist() == ["1"]
    assert places.attrs["notes"] == ["Left out, not a UPRN of up to 12 digits: 3."]


def test_a_street_is_a_point_for_each_part_of_its_line(tmp_path):
    line = shapely.LineString([(1_000, 1_000), (1_500, 1_000)])
    places = read_places(
        layer(tmp_path / "roads.geojson", [line], crs="EPSG:27700", name=["BOW LANE"])
    )
    assert places.name.tolist() == ["Bow Lane", "Bow Lane"]
    assert places.easting.round().tolist() == [1_125, 1_375]
    assert set(places.precision) == {"street"}


@pytest.mark.parametrize(("length_m", "parts"), [(10, 1), (374, 1), (376, 2), (1_000, 4)])
def test_parts_are_about_250_metres_long(tmp_path, length_m, parts):
    line = shapely.LineString([(1_000, 1_000), (1_000 + length_m, 1_000)])
    assert len(read_places(layer(tmp_path / "roads.gpkg", [line], name1=["Bow Lane"]))) == parts


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.shp", "roads.geojson"])
def test_street_layers_of_every_format_read(tmp_path, name):
    line = shapely.LineString([(1_000, 1_000), (1_100, 1_000)])
    places = read_places(layer(tmp_path / name, [line], name1=["Bow Lane"]))
    assert places[["kind", "name", "easting"]].to_numpy().tolist() == [
        ["street", "Bow Lane", 1_050]
    ]


def test_lines_of_several_pieces_have_a_point_on_each(tmp_path):
    lines = shapely.MultiLineString([[(100, 100), (200, 100)], [(900, 100), (1_000, 100)]])
    places = read_places(layer(tmp_path / "roads.gpkg", [lines], name=["Bow Lane"]))
    assert places.easting.tolist() == [150, 950]


def test_streets_without_a_name_are_left_out_and_counted(tmp_path):
    lines = [shapely.LineString([(x, 1), (x + 9, 1)]) for x in (1, 20, 40)]
    places = read_places(layer(tmp_path / "roads.gpkg", lines, name=["", None, "Bow Lane"]))
    assert places.name.tolist() == ["Bow Lane"]
    assert places.attrs["notes"] == ["Left out for want of a name, parts of streets: 2."]


def test_a_street_without_geometry_is_left_out_and_counted(tmp_path):
    lines = [None, shapely.LineString([(1, 1), (9, 1)])]
    places = read_places(layer(tmp_path / "roads.gpkg", lines, name=["Ash Road", "Bow Lane"]))
    assert places.name.tolist() == ["Bow Lane"]
    assert places.attrs["notes"] == ["Left out for want of geometry: 1."]


def test_the_layer_of_lines_is_read_among_others(tmp_path):
    path = tmp_path / "roads.gpkg"
    nodes = gpd.GeoDataFrame({"name": ["node"]}, geometry=[shapely.Point(1, 1)], crs="EPSG:27700")
    nodes.to_file(path, layer="a_node")
    line = shapely.LineString([(1, 1), (9, 1)])
    links = gpd.GeoDataFrame({"name": ["Bow Lane"]}, geometry=[line], crs="EPSG:27700")
    links.to_file(path, layer="b_link")
    assert read_places(path).name.tolist() == ["Bow Lane"]


def test_degrees_become_metres(tmp_path):
    point = [shapely.Point(-1.243559, 54.572851)]
    path = layer(tmp_path / "known.geojson", point, "EPSG:4326", kind=["hospital"], name=["N"])
    assert read_places(path).easting.tolist() == [449_000.0]


def test_degrees_in_a_table_become_metres(write):
    places = read_places(write("kind,name,lon,lat\ncourt,N,-1.243559,54.572851\n"))
    assert places.northing.round().tolist() == [520_000]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("hospital", "hospital"),
        ("Custody_Suite", "custody suite"),
        ("Railway Station", "station"),
        ("CAR PARK", "car park"),
        ("Parking", "car park"),
        ("magistrates' court", "court"),
        ("pub", None),
    ],
)
def test_words_for_known_kinds_are_understood(write, word, kind):
    text = f"kind,name,easting,northing\nprison,P,1,1\n{word},N,5,5\n"
    kinds = read_places(write(text)).kind.tolist()
    assert kinds == ["prison", *([kind] if kind else [])]
    assert {type(one) for one in kinds} == {str}


def test_other_kinds_are_left_out_and_named(write):
    text = "kind,name,easting,northing\ncourt,C,1,1\npub,P,1,1\nchurch,Q,1,1\ncourt,,1,1\n"
    places = read_places(write(text))
    assert places.name.tolist() == ["C"]
    assert places.attrs["notes"] == [
        "Left out, of other kinds (church, pub): 2.",
        "Left out for want of a name: 1.",
    ]


def test_an_area_stands_as_a_point_within_it(tmp_path):
    ring = shapely.box(0, 0, 300, 300).difference(shapely.box(50, 50, 300, 300))
    path = layer(tmp_path / "known.gpkg", [ring], kind=["school"], name=["S"])
    point = read_places(path).loc[0, ["easting", "northing"]]
    assert ring.contains(shapely.Point(*point))


def test_a_zip_of_code_point_areas_reads_them_all(tmp_path):
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Doc/licence.csv", "a,b\n" * 99)
        archive.writestr("Data/CSV/nb.csv", table(CODE_POINT))
        archive.writestr("Data/CSV/ab.csv", table(["AB1 1AA", *CODE_POINT[1:]]))
    assert read_places(path).postcode.tolist() == ["AB1 1AA", "NB1 1AA"]


def test_of_other_zips_the_great_table_is_read(tmp_path):
    path = tmp_path / "onspd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Documents/names.csv", "code,name\n1,a\n")
        archive.writestr("Data/ONSPD.csv", "pcds,oseast1m,osnrth1m\n" + "NB1 1AA,5,5\n" * 9)
    assert len(read_places(path)) == 9


def test_a_zipped_shapefile_reads(tmp_path):
    line = shapely.LineString([(1_000, 1_000), (1_100, 1_000)])
    layer(tmp_path / "roads.shp", [line], name=["Bow Lane"])
    path = tmp_path / "roads.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(tmp_path.glob("roads.*")):
            if part != path:
                archive.write(part, part.name)
    assert read_places(path).name.tolist() == ["Bow Lane"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_letters_of_both_encodings_read(write, encoding):
    path = write("kind,name,x,y\ncourt,Caf\u00e9 Court,5,5\n", encoding=encoding)
    assert read_places(path).name.tolist() == ["Caf\u00e9 Court"]


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_other_delimiters_read(write, sign):
    text = "postcode,easting,northing\nNB1 1AA,5,6\n".replace(",", sign)
    assert read_places(write(text)).northing.tolist() == [6]


def test_the_kind_asked_for_wins_over_the_columns(write):
    path = write("uprn,street,postcode,x,y\n7,Bow Lane,NB1 1AA,5,5\n")
    assert read_places(path).kind.tolist() == ["uprn"]
    assert read_places(path, "street").name.tolist() == ["Bow Lane"]
    assert read_places(path, "postcode").postcode.tolist() == ["NB1 1AA"]


def test_an_unknown_kind_is_refused_with_those_known(write):
    with pytest.raises(ParameterError, match="postcode, uprn, street, known"):
        read_places(write("postcode,x,y\nNB1 1AA,5,5\n"), "pub")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        (" \n", "the file is empty"),
        ("colour,size\nred,1\n", "neither postcodes.*Found colour, size"),
        ("postcode,size\nNB1 1AA,1\n", "no column for easting and northing.*Found postcode, size"),
        ("postcode,easting,northing\n", "no row can be used"),
        ("postcode,easting,northing\nNB1 1AA,0,0\n", "no row can be used.*British grid.*: 1"),
        ("NB1 1AA,10,5,5\n", "no header row and 4 columns"),
        (b"\xff\x00\x01\x02", "no text"),
        (b"postcode,x,y\nNB1 1AA,5,\x81\n", "neither UTF-8 nor Windows-1252"),
        (b"PK\x03\x04 broken", "damaged or no file of places"),
        (b"SQLite format 3\x00 broken", "damaged or no file of places"),
        ('{"type": "FeatureCollection", "features": []}', "Asked to read places"),
        ('{"broken', "Asked to read places"),
        ("postcode,easting,northing\nNB1 1AA,5,5\n\x22broken,1", "damaged"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(write, content, message):
    with pytest.raises(AreaError, match=message):
        read_places(write(content))


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(AreaError, match="no such file"):
        read_places(tmp_path / "none.csv")
    with pytest.raises(AreaError, match="a folder"):
        read_places(tmp_path)


def test_a_file_that_may_not_be_read_is_refused_in_words(write, monkeypatch):
    path = write("postcode,x,y\nNB1 1AA,5,5\n")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(AreaError, match=r"cannot be read: .*Permission denied"):
        read_places(path)


def test_an_empty_layer_is_refused(tmp_path):
    empty = gpd.GeoDataFrame({"name": []}, geometry=[], crs="EPSG:27700")
    empty.to_file(tmp_path / "roads.gpkg", geometry_type="LineString")
    with pytest.raises(AreaError, match="holds no point, line or area"):
        read_places(tmp_path / "roads.gpkg")


def test_numbers_of_a_layer_read_without_a_point(tmp_path):
    points = [shapely.Point(5, 5), shapely.Point(6, 6)]
    path = layer(tmp_path / "uprns.gpkg", points, uprn=[199_356.0, None], number=[12.0, 3.0])
    places = read_places(path)
    assert [places.uprn.tolist(), places.easting.tolist()] == [["199356"], [5]]


def test_a_zip_of_nothing_known_is_refused(tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(AreaError, match="the zip holds none"):
        read_places(path)


def test_a_layer_without_names_lacks_a_column(tmp_path):
    line = shapely.LineString([(1, 1), (9, 1)])
    with pytest.raises(AreaError, match="no column for name or street"):
        read_places(layer(tmp_path / "roads.gpkg", [line], width=[5]), "street")


def test_a_layer_far_from_britain_is_refused(tmp_path):
    line = shapely.LineString([(30, 10), (30.1, 10)])
    with pytest.raises(CrsError, match="Asked to read places"):
        read_places(layer(tmp_path / "roads.geojson", [line], "EPSG:4326", name=["Bow Lane"]))


def test_a_table_without_a_kind_column_holds_no_known_places(write):
    with pytest.raises(AreaError, match="no column for kind"):
        read_places(write("name,x,y\nN,5,5\n"), "known")


def test_frames_of_several_files_join(write):
    first = read_places(write("postcode,x,y\nNB1 1AA,5,5\n"))
    second = read_places(write("uprn,x,y\n7,5,5\n", "uprns.csv"))
    assert pd.concat([first, second]).kind.tolist() == ["postcode", "uprn"]
