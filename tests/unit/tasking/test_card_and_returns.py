"""Tonight's card in the order of the night, minutes by month and week, and returns."""

from datetime import UTC, date, datetime
from importlib import resources

import pytest

from aim.errors import ParameterError
from aim.model.actions import Site
from aim.model.tasks import GroupKeys, TaskReach
from aim.model.visits import Visit
from aim.tasking import (
    BusyHours,
    CardPlace,
    fill_return,
    find_busy_hours,
    minutes_by_month,
    minutes_by_week,
    order_places,
    read_return_template,
)

NIGHT = (22, 23, 0, 1)
QUAY = Site("Quay Street", "raised by people")


def visit(day=1, hour=21, minutes=15, month=5, **given):
    at = datetime(2026, month, day, hour, tzinfo=UTC)
    return Visit(**{"agency": "wardens", "site": QUAY, "at": at, "minutes": minutes, **given})


def test_the_busiest_hours_may_pass_midnight_and_the_earlier_wins():
    assert find_busy_hours([23, 23, 0, 0, 1], NIGHT) == BusyHours(23, 2, 4, 5)
    assert find_busy_hours([22, 22, 1, 1, 23, 0], NIGHT).first_hour == 22
    assert find_busy_hours([22, 23, 0, 1], NIGHT) is None  # four are too few
    assert find_busy_hours([22] * 4 + [12] * 9, NIGHT) is None  # other hours do not count
    assert find_busy_hours([5] * 6, (5,)) == BusyHours(5, 1, 6, 6)


def test_a_card_takes_actions_first_and_goes_in_the_order_of_the_night():
    places = [
        CardPlace("a", "Late", 30, BusyHours(0, 2, 9, 30)),
        CardPlace("b", "Early", 10, BusyHours(22, 2, 9, 10)),
        CardPlace("c", "Promised", 0, actions=("Walks",)),
        CardPlace("d", "Small", 2),
    ]
    names = [one.name for one in order_places(places, NIGHT, most=3)]
    assert names == ["Early", "Late", "Promised"]
    assert [one.name for one in order_places(places, NIGHT, most=1)] == ["Promised"]


def test_minutes_are_added_by_london_month_and_week():
    late = visit(30, 23, month=4)  # in London it is May by then
    found = minutes_by_month(
        [late, visit(2), visit(1, month=6)], date(2026, 4, 1), date(2026, 6, 1)
    )
    assert found == {"2026-04": 0, "2026-05": 30}
    weeks = minutes_by_week([visit(3), visit(4)], date(2026, 5, 1), date(2026, 5, 8))
    assert weeks == {date(2026, 4, 27): 15, date(2026, 5, 4): 15}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"minutes": 0}, "from 1 to 1440"),
        ({"minutes": 1441}, "from 1 to 1440"),
        ({"agency": " "}, "no agency"),
        ({"at": datetime(2026, 5, 1, 21)}, "no time zone"),  # noqa: DTZ001 - that is the fault
        ({"powers": (("cpn", 0),)}, "used 0 times"),
    ],
)
def test_what_no_visit_can_be_is_refused(given, why):
    with pytest.raises(ParameterError, match=why):
        visit(**given)


@pytest.mark.parametrize(
    ("reach", "readers", "seen"),
    [
        (TaskReach("a", every=True), (), True),
        (TaskReach("a", "wardens"), (), True),
        (TaskReach("a", "fire"), (), False),
        (TaskReach("a", ""), (), False),
        (TaskReach("a", "wardens", every=True), ("b",), False),
        (TaskReach("b", "fire"), ("b",), True),
    ],
)
def test_a_visit_is_seen_by_its_agency_and_a_restricted_one_by_those_named(reach, readers, seen):
    assert visit(readers=frozenset(readers)).is_for(reach, GroupKeys()) is seen
    place = Site("Quay", "found", readers=frozenset(readers))
    assert visit(site=place).is_for(reach, GroupKeys()) is seen


def test_the_example_return_adds_hours_powers_and_reports():
    hours, places = read_return_template().tables
    visits = [
        ("Order area", visit(1, minutes=30, powers=(("cpn", 2), ("advice", 1)))),
        ("Order area", visit(2, minutes=45)),
        ("Elsewhere", visit(3, minutes=15, agency="police")),
    ]
    found = fill_return(hours, visits, {})
    assert found.to_dict("list") == {
        "Month": ["2026-05", "2026-05"],
        "Place": ["Elsewhere", "Order area"],
        "Agency": ["police", "wardens"],
        "Visits": [1, 2],
        "Hours": [0.25, 1.25],
        "Warnings given": [0, 0],
        "Notices given": [0, 2],
        "Fixed penalties": [0, 0],
        "Any power used": [0, 3],
    }
    inside = {("Order area", "2026-04"): 9, ("Order area", "2026-05"): 7}
    listed = fill_return(places, visits, inside)
    assert listed["Reports inside"].tolist() == [9, 7]
    assert listed["Hours, all agencies"].tolist() == [0.0, 1.25]
    assert fill_return(hours, [], {}).empty


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ('rows = ["place", "month"]', 'rows = ["place", "agency"]', "reports, which have a place"),
        ('rows = ["place", "month"]', 'rows = ["street"]', "the rows of 'places'"),
        ('value = "incidents"', 'value = "arrests"', "asks for 'arrests'"),
        ('value = "incidents"', 'value = "agency"', "which is none of its rows"),
        ('head = "Reports inside"', 'head = "Month"', "two columns"),
        ('name = "places"', 'name = "hours"', "two tables"),
        ('title = "Return', "title = Return", "begin with a copy".capitalize()),
    ],
)
def test_a_template_that_cannot_be_filled_says_why(tmp_path, was, now, why):
    shipped = resources.files("aim.tasking").joinpath("return.toml").read_text(encoding="utf-8")
    path = tmp_path / "ours.toml"
    path.write_text(shipped.replace(was, now), encoding="utf-8")
    with pytest.raises(ParameterError, match=why):
        read_return_template(path)
