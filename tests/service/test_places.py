"""Places through the pages: kept by a plain form, shown with all that was done there."""

import json
import re

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.crs import to_degrees
from aim.model.filters import read_filter
from aim.model.people import Role

HTML = {"origin": "http://127.0.0.1", "accept": "text/html"}
HOSTILE = "<script>hit()</script>"
ORDER = {
    "name": "Order area",
    "owner": "council",
    "purpose": "No drinking",
    "since": "2026-01-01",
}


class People:
    def __init__(self, house):
        self.house = house
        house.add("lead", Role.COORDINATOR)
        house.add("ana", Role.ANALYST)
        house.add("warden", Role.OFFICER)
        house.add("auditor", Role.AUDITOR)
        period = {"since": "2026-04-01", "until": "2026-05-01"}
        self.run = workflows.find_hotspots(
            house.store, LOCAL_ANALYST, read_filter(period), save=True
        )
        self.clients = {}

    def corners(self):
        """Give the corners of a rectangle around the first hotspot."""
        west, south, east, north = self.run.hotspots.geometry.iloc[0].bounds
        return f"{west} {south}; {east} {south}; {east} {north}; {west} {north}"

    def keep(self, who="lead", files=None, **form):
        return self[who].post(
            "/places", headers=HTML, data=form, files=files, follow_redirects=False
        )

    def page(self, who, path):
        return self[who].get(path, headers=HTML)

    def __getitem__(self, who):
        if who not in self.clients:
            self.clients[who] = self.house.signed_in(who)
        return self.clients[who]


@pytest.fixture(scope="module")
def people(build_house, busy):
    return People(build_house(busy))


def address_of(answer):
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def test_a_designated_place_shows_where_it_agrees_with_what_was_found(people):
    path = address_of(people.keep(**ORDER, corners=people.corners()))
    page = people.page("lead", path).text
    name = people.run.hotspots["name"].iloc[0]
    assert "A hotspot was found here in 1 of the newest 1 saved runs." in page
    (row,) = re.findall(r"<tr[^>]*>(?:(?!</tr>).)*Of it in this.*?</tr>", page)
    cells = re.findall(r"<span>([^<]*)</span>", row)
    assert name in row
    assert cells[1] == "100%"
    assert int(cells[2]) == int(people.run.hotspots["incidents"].iloc[0])
    assert cells[4] == "0"
    assert "When it happens" in page


def test_an_outline_comes_as_a_file(people):
    west, south, east, north = people.run.hotspots.geometry.iloc[0].bounds
    lon, lat = to_degrees([west, east, east, west], [south, south, north, north])
    ring = [[*pair] for pair in zip(lon.tolist(), lat.tolist(), strict=True)]
    feature = {
        "type": "Feature",
        "properties": {"code": "1", "name": "Order"},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    file = {"outline": ("..\\order.geojson", text.encode(), "application/geo+json")}
    path = address_of(people.keep(files=file, **{**ORDER, "name": "By file"}))
    assert "Designated" in people.page("ana", path).text


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"corners": "480000 530000; 480100 530000"}, "2 lines"),
        ({"corners": "1 2; 1 3; 2 4; 3 x"}, "3 x"),
        ({"corners": "1 2; 1 3; 2 3"}, "square metres"),
        ({"corners": "0 0; 0 9000; 9000 9000"}, "outside every ward"),
        ({"corners": "0 0; 900 900; 900 0; 0 900"}, "cross each other"),
        ({"origin": "designated"}, "no outline"),
        ({"origin": "found"}, "saved runs"),
        ({"wards": "Nowhere"}, "No ward is called"),
    ],
)
def test_what_is_no_place_comes_back_with_its_reason(people, form, told):
    answer = people.keep(**{**ORDER, **form})
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="No drinking"' in answer.text or "No drinking</textarea>" in answer.text


def test_a_file_that_is_no_boundary_is_refused(people):
    file = {"outline": ("a.geojson", b"not one", "text/plain")}
    answer = people.keep(files=file, **ORDER)
    assert answer.status_code == 422
    assert "boundar" in answer.text


def test_actions_and_decisions_stand_on_the_page_of_either_origin(people):
    path = address_of(people.keep(**{**ORDER, "name": "Both"}, corners=people.corners()))
    key, hotspot = path.rpartition("/")[2], people.run.hotspots["hotspot_id"].iloc[0]
    store = people.house.store
    workflows.draft_action(store, LOCAL_ANALYST, {"title": "Mend", "site": f"place:{key}"})
    workflows.draft_action(store, LOCAL_ANALYST, {"title": "Walk", "site": f"hotspot:{hotspot}"})
    meeting = workflows.add_meeting(store, LOCAL_ANALYST, {"day": "2026-05-04"})
    words = {"hotspot_id": hotspot, "choice": "watch", "noted": HOSTILE}
    workflows.decide(store, LOCAL_ANALYST, meeting.key, words)
    for address in (path, f"/hotspots/{hotspot}"):
        page = people.page("lead", address).text
        for told in (">Mend</a>", ">Walk</a>", "4 May 2026</a>: <strong>Watch</strong>"):
            assert told in page, address
        assert HOSTILE not in page


def test_a_restricted_place_is_absent_for_others(people):
    form = {**ORDER, "name": "Number nine", "readers": "warden", "corners": people.corners()}
    path = address_of(people.keep(**form))
    hotspot = people.run.hotspots["hotspot_id"].iloc[0]
    assert people.page("ana", path).status_code == 404
    for address in ("/places", "/groups", f"/hotspots/{hotspot}", "/actions/new"):
        assert "Number nine" not in people.page("ana", address).text
    assert "Restricted" in people.page("warden", path).text
    assert "Number nine" in people.page("lead", "/places").text


def test_a_raised_place_needs_a_name_alone(people):
    path = address_of(people.keep(name="Riverside steps", wards=""))
    page = people.page("warden", path).text
    assert "Raised by people" in page
    assert "laid beside no saved run" in page


def test_who_may_not_keep_places_is_told_why(people):
    assert people.keep("warden", **ORDER).status_code == 403
    assert people.page("warden", "/places/new").status_code == 403
    assert people.page("auditor", "/places").status_code == 403
