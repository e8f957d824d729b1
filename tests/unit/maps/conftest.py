import geopandas as gpd
import pytest
import shapely

from aim.testing.exporters import example_hotspots, example_incidents, example_stamp


@pytest.fixture
def hotspots():
    return example_hotspots()


@pytest.fixture
def incidents():
    return example_incidents()


@pytest.fixture
def stamp():
    return example_stamp()


@pytest.fixture
def wards():
    return gpd.GeoDataFrame(
        {"ward_code": ["E05099001", "E05099002"], "ward_name": ["Harbour", "<i>Moor</i>"]},
        geometry=[
            shapely.box(469_000, 539_000, 471_000, 543_000),
            shapely.box(471_000, 539_000, 474_000, 543_000),
        ],
        crs="EPSG:27700",
    )
