"""Map files: points come in with their position, areas and lines are refused by what they are."""

import io
import warnings
import zipfile

import geopandas as gpd
import pyogrio
import pytest
import shapely

from aim.errors import FeedFormatError
from aim.feeds import guess_table, read_feed
from aim.workflows import check_file

POINT = shapely.Point(449000, 520000)
AREA = POINT.buffer(50)
LINE = shapely.LineString([(449000, 520000), (449100, 520000)])


def jobs(*places, crs="EPSG:27700"):
    count = len(places)
    columns = {
        "Ref": [f"W{number}" for number in range(1, count + 1)],
        "Date": ["01/04/2026"] * count,
        "Category": ["Noise"] * count,
        "Ward": ["Harbour"] * count,
        "Caller": ["Jo Bloggs"] * count,
    }
    return gpd.GeoDataFrame(columns, geometry=list(places), crs=crs)


def save(rows, path, **given):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a layer without a reference system
        pyogrio.write_dataframe(rows, path, **given)
    return path


def packed(tmp_path, *names, inner="april/", to="jobs.zip"):
    with zipfile.ZipFile(tmp_path / to, "w") as archive:
        for one in sorted(tmp_path.iterdir()):
            if one.stem in names and one.suffix != ".zip":
                archive.write(one, inner + one.name)
    return tmp_path / to


def positions(result):
    return result.incidents[["easting", "northing"]].round(0).to_numpy().tolist()


@pytest.mark.parametrize("feed", ["wardens", "councillors", "table"])
@pytest.mark.parametrize("name", ["jobs.gpkg", "jobs.shp", "jobs.zip", "packed.zip"])
def test_points_of_a_map_file_are_incidents_at_their_place(tmp_path, feed, name):
    rows = jobs(POINT, shapely.Point(449100, 520100))
    save(rows, tmp_path / ("jobs.shp" if name in {"jobs.shp", "jobs.zip"} else "jobs.gpkg"))
    if name.endswith(".zip"):
        packed(tmp_path, "jobs", to=name)
    result = read_feed(feed, tmp_path / name)
    assert positions(result) == [[449000, 520000], [449100, 520100]]
    assert result.incidents["source_ref"].tolist() == ["W1", "W2"]
    assert result.incidents.index.tolist() == [2, 3]
    assert result.incidents["place_precision"].tolist() == ["point", "point"]


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_other_reference_systems_come_to_the_same_place(tmp_path, crs):
    rows = jobs(POINT).to_crs(crs)
    result = read_feed("wardens", save(rows, tmp_path / "jobs.gpkg"))
    assert positions(result) == [[449000, 520000]]
    turned = any("turned from WGS 84 / Pseudo-Mercator" in note for note in result.notes)
    assert turned == (crs == "EPSG:3857")


@pytest.mark.parametrize(
    ("place", "taken"),
    [(POINT, "metres of the British"), (shapely.Point(-1.243559, 54.572851), "degrees")],
)
def test_a_missing_reference_system_is_judged_by_the_numbers_and_said(tmp_path, place, taken):
    save(jobs(place, crs=None), tmp_path / "jobs.shp")
    result = read_feed("wardens", tmp_path / "jobs.shp")
    assert positions(result) == [[449000, 520000]]
    assert any("names no reference system; taken as " + taken in note for note in result.notes)


@pytest.mark.parametrize(("shape", "said"), [(AREA, "areas"), (LINE, "lines")])
@pytest.mark.parametrize("name", ["jobs.gpkg", "jobs.shp"])
def test_a_map_without_points_is_refused_by_what_it_is(tmp_path, name, shape, said):
    save(jobs(shape), tmp_path / name)
    with pytest.raises(FeedFormatError, match=f"these are {said}, not incidents"):
        read_feed("wardens", tmp_path / name)
    with pytest.raises(FeedFormatError, match=f"these are {said}, not incidents"):
        list(check_file(tmp_path / name))


def test_areas_in_a_layer_of_any_geometry_are_refused_too(tmp_path):
    path = save(jobs(AREA), tmp_path / "jobs.gpkg", geometry_type="Unknown")
    with pytest.raises(FeedFormatError, match="these are areas"):
        read_feed("wardens", path)


def test_the_layer_with_points_is_read_beside_areas(tmp_path):
    path = save(jobs(AREA), tmp_path / "jobs.gpkg", layer="beats")
    save(jobs(POINT), path, layer="jobs", append=True)
    assert positions(read_feed("wardens", path)) == [[449000, 520000]]


def test_of_two_layers_of_points_the_one_with_the_columns_is_read_and_the_other_named(tmp_path):
    path = save(jobs(POINT)[["Caller", "geometry"]], tmp_path / "jobs.gpkg", layer="people")
    save(jobs(POINT), path, layer="jobs", append=True)
    result = read_feed("wardens", path)
    assert positions(result) == [[449000, 520000]]
    assert "jobs.gpkg: no table was found on layer 'people'." in result.notes


def test_a_feature_that_is_no_single_point_is_kept_without_a_position(tmp_path):
    pair = shapely.MultiPoint([(449000, 520000), (449100, 520000)])
    rows = jobs(shapely.MultiPoint([POINT]), pair, None)
    result = read_feed("wardens", save(rows, tmp_path / "jobs.gpkg", geometry_type="Unknown"))
    assert result.incidents["place_precision"].tolist() == ["point", "none", "none"]


def test_a_table_without_geometry_is_a_table(tmp_path):
    rows = jobs(POINT).drop(columns="geometry")
    result = read_feed("councillors", save(rows, tmp_path / "jobs.gpkg"))
    assert result.incidents["place_precision"].tolist() == ["none"]


def test_the_place_of_the_map_wins_over_a_column_of_the_same_name(tmp_path):
    rows = jobs(POINT).assign(Easting=1.0, Northing=2.0)
    assert positions(read_feed("wardens", save(rows, tmp_path / "jobs.gpkg"))) == [[449000, 520000]]


def test_numbers_days_and_gaps_become_the_text_a_csv_would_hold(tmp_path):
    rows = jobs(POINT, POINT).assign(UPRN=[100023336956.0, None], Date=["2026-04-01", "2026-04-02"])
    rows["Date"] = rows["Date"].astype("datetime64[ms]") + gpd.pd.Timedelta(hours=9, minutes=30)
    result = read_feed("wardens", save(rows, tmp_path / "jobs.gpkg"))
    assert result.incidents["uprn"].fillna("").tolist() == ["100023336956", ""]
    assert result.incidents["occurred_from"].dt.strftime("%d %H:%M").tolist() == [
        "01 08:30",
        "02 08:30",
    ]


def test_personal_columns_of_a_map_are_dropped_and_a_guess_names_them(tmp_path):
    path = save(jobs(POINT), tmp_path / "jobs.gpkg")
    assert "Caller" in " ".join(read_feed("wardens", path).notes)
    guesses = {one.header: (one.name, one.reason) for one in guess_table(path)}
    assert guesses["Caller"] == ("", "personal")
    assert guesses["Easting"] == ("easting", "header")


def test_a_shapefile_alone_is_refused_for_want_of_its_parts(tmp_path):
    save(jobs(POINT), tmp_path / "jobs.shp")
    (tmp_path / "jobs.dbf").unlink()
    with pytest.raises(FeedFormatError, match=r"its \.dbf is not beside it"):
        read_feed("wardens", tmp_path / "jobs.shp")
    buffer = io.BytesIO((tmp_path / "jobs.shp").read_bytes())
    with zipfile.ZipFile(tmp_path / "jobs.zip", "w") as archive:
        archive.writestr("jobs.shp", buffer.getvalue())
    with pytest.raises(FeedFormatError, match=r"its \.dbf and \.shx"):
        read_feed("wardens", tmp_path / "jobs.zip")


@pytest.mark.parametrize("name", ["jobs.gpkg", "jobs.shp"])
def test_a_damaged_map_file_is_refused(tmp_path, name):
    path = save(jobs(POINT), tmp_path / name)
    path.write_bytes(path.read_bytes()[:90])
    with pytest.raises(FeedFormatError, match=name.replace(".", r"\.")):
        read_feed("wardens", path)


def test_two_shapefiles_in_one_zip_are_both_read(tmp_path):
    save(jobs(POINT), tmp_path / "april.shp")
    save(jobs(POINT), tmp_path / "may.shp")
    result = read_feed("wardens", packed(tmp_path, "april", "may"))
    assert len(result.incidents) == 1
    assert result.rejected["reason"].tolist() == [
        "Reference 'W1' is repeated; row 2 of jobs.zip/april/may.shp is kept"
    ]
