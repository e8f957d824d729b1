import pytest

from aim import workflows
from aim.errors import AreaError, ParameterError
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING

COUNCILLORS = (
    "Ref,Date received,Ward,Street,Subject,Details\n"
    "C1,03/04/2026,Abbey,Quay Stret,Fly tipping,bags\n"
    "C2,04/04/2026,Abbey,Behind the old thing,Fly tipping,bags\n"
)


@pytest.fixture
def reports(hub):
    path = hub.folder / "councillors.csv"
    path.write_text(COUNCILLORS, encoding="utf-8")
    workflows.ingest_feed(hub.store, hub.actor, feed="councillors", path=path)
    return hub


@pytest.fixture
def streets(hub):
    path = hub.folder / "streets.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "crs": {"type": "name", "properties":'
        ' {"name": "urn:ogc:def:crs:EPSG::27700"}}, "features": [{"type": "Feature",'
        ' "properties": {"name": "Quay Street"}, "geometry": {"type": "LineString",'
        ' "coordinates": [[480250, 530400], [480350, 530400]]}}]}',
        encoding="utf-8",
    )
    return path


def placed(hub):
    return hub.store.placed(EVERYTHING)


def test_a_misspelt_street_is_placed_when_its_street_is_loaded(reports, streets):
    report = workflows.add_places(reports.store, reports.actor, streets, kind="street")
    assert (report.placed, len(placed(reports))) == (1, 1)
    assert placed(reports)["matched"].tolist() == ["Quay Street"]


def test_a_delivery_after_the_streets_is_placed_as_it_comes(hub, streets):
    workflows.add_places(hub.store, hub.actor, streets, kind="street")
    path = hub.folder / "councillors.csv"
    path.write_text(COUNCILLORS, encoding="utf-8")
    workflows.ingest_feed(hub.store, hub.actor, feed="councillors", path=path)
    found = hub.store.incidents(
        workflows.read_words(hub.store, hub.actor, {"source": "councillors"}), EVERYTHING
    )
    assert found["ward_code"].tolist() == ["E05099001"]
    assert found["place_precision"].tolist() == ["street"]


def test_an_answer_places_the_words_now_and_in_later_deliveries(reports, streets):
    workflows.add_places(reports.store, reports.actor, streets, kind="street")
    asked = workflows.place_review(reports.store, reports.actor)
    text, ward = asked.loc[0, ["text", "ward"]]
    at = (481_500.0, 530_500.0)
    assert workflows.answer_place(reports.store, reports.actor, text, ward=ward, at=at) == 1
    assert len(placed(reports)) == 2
    assert workflows.place_review(reports.store, reports.actor).empty


def test_an_answer_may_be_nowhere(reports, streets):
    workflows.add_places(reports.store, reports.actor, streets, kind="street")
    text, ward = workflows.place_review(reports.store, reports.actor).loc[0, ["text", "ward"]]
    assert workflows.answer_place(reports.store, reports.actor, text, ward=ward, at=None) == 0
    assert workflows.place_review(reports.store, reports.actor).empty
    assert workflows.review_text(reports.store, reports.actor).startswith("Nothing waits")


def test_sets_of_places_are_listed_under_their_names(hub, streets):
    workflows.add_places(hub.store, hub.actor, streets, kind="street", name="streets")
    assert [one.name for one in workflows.place_set_list(hub.store, hub.actor)] == ["streets"]


def test_a_file_without_places_changes_nothing(reports):
    with pytest.raises(AreaError):
        workflows.add_places(reports.store, reports.actor, reports.folder / "councillors.csv")
    assert workflows.place_set_list(reports.store, reports.actor) == []


@pytest.mark.parametrize("text", ["here", "1", "1,2,3", "east,north"])
def test_metres_that_are_none_are_named(text):
    with pytest.raises(ParameterError, match="write 480500,530600"):
        workflows.read_metres(text)


def test_an_answer_needs_words(hub):
    with pytest.raises(ParameterError, match="`text` is empty"):
        workflows.answer_place(hub.store, hub.actor, " ", at=None)


def test_a_hotspot_names_the_known_place_it_stands_on(hub):
    path = hub.folder / "known.csv"
    path.write_text(
        "name,kind,easting,northing\nSt Bede Hospital,hospital,480340,530410\n", encoding="utf-8"
    )
    workflows.add_places(hub.store, hub.actor, path, kind="known")
    page = workflows.hub_view(
        hub.store,
        hub.actor,
        workflows.read_words(hub.store, hub.actor, {"since": "2026-04", "until": "2026-05"}),
        HotspotParameters(min_samples=10),
        hub.settings,
    )
    stands = {row.place: dict(row.why).get("Stands on") for row in page.hotspots}
    assert stands["Quay Street"] == "St Bede Hospital"
    assert stands["Mill Lane"] is None
