"""Likely reports of one event are linked, and nothing else is."""

import pandas as pd
import pandas.testing
import pytest

from aim.errors import ParameterError
from aim.feeds import linking_candidates
from aim.feeds.linking import LINK_COLUMNS, groups_of, link_incidents, mark_repeats
from aim.feeds.linking_candidates import find_pairs
from aim.feeds.linking_reports import read_reports, street_of
from aim.feeds.linking_rules import read_link_rules
from aim.model.incidents import conform_incidents, empty_incidents

NOON = pd.Timestamp("2026-04-03 12:00", tz="UTC")
WARD_NAMES = {"E1": "Mill", "E2": "Beacon Bank"}
NOWHERE = {"easting": None, "northing": None, "place_precision": "none"}


def report(name, source, *, at=0, lasting=1, east=0.0, **given):
    """Give one incident: a clock time ``at`` minutes past noon, ``east`` metres from the others."""
    start = NOON + pd.Timedelta(minutes=at)
    return {
        "incident_id": name,
        "source": source,
        "incident_type": "youth-nuisance",
        "occurred_from": start,
        "occurred_to": start + pd.Timedelta(minutes=lasting),
        "time_precision": "minute",
        "easting": 450_000.0 + east,
        "northing": 520_000.0,
        "place_precision": "point",
        **given,
    }


def on_the_day(name, source, *, days=0, **given):
    """Give one incident known only to the day."""
    return report(
        name, source, at=-720 + days * 1_440, lasting=1_440, **{"time_precision": "day", **given}
    )


def link(*reports, **asked):
    rows = pd.DataFrame(list(reports))
    wards = {"ward_code": rows["ward_code"]} if "ward_code" in rows else {}
    return link_incidents(conform_incidents(rows).assign(**wards), **asked)


def pairs(*reports, **asked):
    links = link(*reports, **asked)
    return list(zip(links["incident_a"], links["incident_b"], strict=True))


POLICE = report("p", "police")


def test_two_sources_that_agree_in_everything_are_linked_with_full_marks():
    both = {"description": "Ten youths at the shops", "location_text": "5 Bow Lane"}
    links = link(report("p", "police", **both), report("w", "wardens", **both))
    assert links.to_dict("records") == [
        {
            "incident_a": "p",
            "incident_b": "w",
            "score": 1.0,
            "time": 1.0,
            "distance": 1.0,
            "type": 1.0,
            "text": 1.0,
            "certain_time": True,
        }
    ]


def test_the_lower_id_comes_first_whatever_the_order_of_the_rows():
    assert pairs(report("w", "wardens"), POLICE) == [("p", "w")]


def test_one_source_is_never_linked_to_itself():
    assert pairs(POLICE, report("q", "police")) == []


def test_no_incident_gives_an_empty_table_of_the_same_columns():
    links = link_incidents(empty_incidents())
    assert (len(links), tuple(links.columns)) == (0, LINK_COLUMNS)


def test_the_incidents_given_are_not_touched():
    rows = conform_incidents(pd.DataFrame([report("w", "wardens"), POLICE]))
    before = rows.copy(deep=True)
    link_incidents(rows)
    pandas.testing.assert_frame_equal(rows, before)


def test_an_incident_that_stands_twice_is_refused_by_name():
    with pytest.raises(ParameterError, match=r"1 stand there again, the first 'p'.*merge"):
        link(POLICE, POLICE)


def test_a_missing_column_is_named():
    with pytest.raises(ParameterError, match="lacks occurred_to"):
        link_incidents(empty_incidents().drop(columns="occurred_to"))


# --- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "share"), [(1, 1.0), (61, 0.75), (121, 0.5), (-121, 0.5)])
def test_two_clock_times_may_lie_two_hours_apart(at, share):
    assert link(POLICE, report("w", "wardens", at=at))["time"].tolist() == [share]


@pytest.mark.parametrize(("days", "clock"), [("p", "w"), ("w", "p")])
def test_an_interval_of_days_must_hold_the_clock_time(days, clock):
    rows = [report(days, "police", at=-1_520, lasting=1_520), report(clock, "wardens", at=30)]
    reports = read_reports(conform_incidents(pd.DataFrame(rows)), read_link_rules(), {})
    assert len(find_pairs(reports, read_link_rules()).a) == 0


@pytest.mark.parametrize("at", [122, -122])
def test_clock_times_further_apart_are_not_linked(at):
    assert pairs(POLICE, report("w", "wardens", at=at)) == []


def test_a_day_is_linked_with_a_time_on_it_but_not_for_certain():
    links = link(POLICE, on_the_day("c", "councillors"))
    assert links[["time", "certain_time"]].to_numpy().tolist() == [[0.6, False]]


@pytest.mark.parametrize(("at", "linked"), [(720 + 119, True), (720 + 121, False)])
def test_an_event_at_midnight_may_be_told_of_under_the_day_beside_it(at, linked):
    found = pairs(report("p", "police", at=at), on_the_day("c", "councillors"))
    assert found == ([("c", "p")] if linked else [])


def test_a_day_shortened_by_the_clocks_is_a_day_all_the_same():
    short = on_the_day("c", "councillors", occurred_to=NOON + pd.Timedelta(hours=11))
    assert not link(POLICE, short)["certain_time"].any()


def test_a_minute_that_claims_only_a_day_has_no_clock_time():
    links = link(POLICE, report("c", "councillors", time_precision="day"))
    assert links[["time", "certain_time"]].to_numpy().tolist() == [[0.6, False]]


@pytest.mark.parametrize(("lasting", "clock"), [(120, True), (121, False)])
def test_an_interval_of_up_to_two_hours_is_a_clock_time(lasting, clock):
    assert link(POLICE, report("w", "wardens", lasting=lasting))["certain_time"].tolist() == [clock]


def test_an_interval_of_days_links_only_where_all_else_agrees():
    said = {"description": "Ten youths at the shops"}
    days = 3 * 1_440
    police = report("p", "police", at=-days, lasting=2 * days, **said)
    assert pairs(police, report("w", "wardens", **said)) == [("p", "w")]
    assert pairs(police, report("w", "wardens", description="Shutters broken")) == []
    assert pairs(police, report("w", "wardens", east=40.0, **said)) == []


def test_a_month_links_with_nothing():
    month = {"time_precision": "month", "lasting": 30 * 1_440, "at": -1_440}
    assert pairs(POLICE, report("w", "wardens", **month)) == []


def test_an_incident_without_a_time_links_with_nothing():
    assert pairs(POLICE, report("w", "wardens", occurred_from=None, occurred_to=None)) == []


# --- place ------------------------------------------------------------------------------------

REACHES = [
    ("address", "address", 60),
    ("address", "point", 80),
    ("point", "point", 100),
    ("point", "street", 200),
    ("street", "snapped", 300),
    ("postcode", "address", 180),
]


@pytest.mark.parametrize(("one", "other", "reach"), REACHES)
def test_positions_may_lie_as_far_apart_as_their_precisions_allow(one, other, reach):
    police = report("p", "police", place_precision=one)
    assert pairs(police, report("w", "wardens", place_precision=other, east=reach))
    assert not pairs(police, report("w", "wardens", place_precision=other, east=reach + 1))


@pytest.mark.parametrize(
    ("precision", "east", "worth"),
    [("point", 50, 0.75), ("point", 100, 0.5), ("snapped", 150, 0.7 * 0.75), ("street", 0, 0.8)],
)
def test_nearness_counts_for_less_where_a_position_is_rough(precision, east, worth):
    far = report("w", "wardens", place_precision=precision, east=east)
    links = link(report("p", "police", place_precision=precision), far)
    assert links["distance"].tolist() == pytest.approx([worth])


@pytest.mark.parametrize(("east", "north"), [(70, 70), (-70, 70), (70, -70), (-99, 0), (0, -99)])
def test_neighbours_are_found_in_every_direction(east, north):
    other = report("w", "wardens", east=east, northing=520_000.0 + north)
    assert pairs(POLICE, other) == [("p", "w")]


def test_a_position_beyond_any_map_is_no_error_and_no_neighbour():
    assert pairs(POLICE, report("w", "wardens", east=1e300)) == []


def test_without_a_position_the_street_and_ward_stand_for_it():
    police = report("p", "police", location_text="5 Bow Lane, NB1 2AB", ward_code="E1")
    told = on_the_day("c", "councillors", location_text="Bow Ln, Mill", **NOWHERE)
    links = link(police, told, ward_names=WARD_NAMES)
    assert links["distance"].tolist() == pytest.approx([0.7])


@pytest.mark.parametrize(
    "text",
    [
        "Bow Lane, Beacon Bank",  # another ward
        "Mill Road, Mill",  # another street
        "Bow Lane",  # no ward
        "Mill",  # no street
        "Unknown, Mill",
    ],
)
def test_without_a_position_street_and_ward_must_both_agree(text):
    police = report("p", "police", location_text="5 Bow Lane", ward_code="E1")
    told = on_the_day("c", "councillors", location_text=text, **NOWHERE)
    assert pairs(police, told, ward_names=WARD_NAMES) == []


def test_a_postcode_stands_for_the_ward():
    police = report("p", "police", location_text="5 Bow Lane, NB1 2AB")
    told = report("c", "councillors", location_text="Bow Lane, nb12ab", **NOWHERE)
    assert pairs(police, told) == [("c", "p")]


def test_two_rows_without_a_position_are_linked_once_by_street_and_ward():
    told = {"location_text": "Bow Lane", "ward_code": "E1", **NOWHERE}
    assert pairs(report("c", "councillors", **told), report("h", "housing", **told)) == [("c", "h")]


def test_the_street_overrules_a_rough_position_but_never_two_good_ones():
    there = {"location_text": "Bow Lane", "ward_code": "E1"}
    police = report("p", "police", **there)
    rough = report("w", "wardens", east=500.0, place_precision="street", **there)
    good = report("w", "wardens", east=500.0, **there)
    assert pairs(police, rough) == [("p", "w")]
    assert pairs(police, good) == []


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("12 Bow Ln nr the park, Mill, NB1 2AB", "bow lane"),
        ("On or near BOW LANE", "bow lane"),
        ("Flat 3 12a Bow-Lane", "bow lane"),
        ("o/s 7-9 St. Mary's Rd", "st marys road"),
        ("NB1 2AB", ""),
        ("No Location", ""),
        ("", ""),
    ],
)
def test_a_street_is_read_from_what_people_write(text, street):
    assert street_of(text, read_link_rules().street) == street


def test_many_incidents_are_compared_in_batches_with_the_same_result(monkeypatch):
    rows = [report(f"{n:02d}", "ab"[n % 2], at=40 * n, east=3.0 * n) for n in range(40)]
    whole = link(*rows)
    monkeypatch.setattr(linking_candidates, "_BATCH", 3)
    pandas.testing.assert_frame_equal(link(*rows), whole)
    assert len(whole) == 20


# --- type and text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "likeness"),
    [("anti-social-behaviour", 0.6), ("street-drinking", 0.6), ("youth-nuisance", 1.0)],
)
def test_types_two_people_may_give_to_one_event_are_linked(kind, likeness):
    links = link(POLICE, report("w", "wardens", incident_type=kind))
    assert links["type"].tolist() == [likeness]


@pytest.mark.parametrize("kind", ["littering", "burglary", "unclassified"])
def test_types_that_cannot_be_one_event_are_not_linked(kind):
    assert pairs(POLICE, report("w", "wardens", incident_type=kind)) == []


def test_the_unclassified_are_not_even_linked_with_each_other():
    both = {"incident_type": "unclassified"}
    assert pairs(report("p", "police", **both), report("w", "wardens", **both)) == []


def test_where_one_says_nothing_the_other_parts_share_the_weight_of_the_text():
    links = link(POLICE, report("w", "wardens", at=61, description="Shutters banging"))
    assert links["text"].isna().tolist() == [True]
    assert links["score"].tolist() == pytest.approx([(0.3 * 0.75 + 0.3 + 0.25) / 0.85])


def test_the_streets_count_as_text_beside_the_words():
    said = {"description": "Ten youths at the shops"}
    police = report("p", "police", location_text="Bow Lane", **said)
    corner = report("w", "wardens", location_text="Mill Road", **said)
    silent = report("w", "wardens", location_text="Bow Lane")
    assert 0.5 < link(police, corner)["text"].item() < 0.8
    assert link(police, silent)["text"].item() == 1.0


def test_words_that_agree_raise_the_score():
    police = report("p", "police", description="101: ten youths banging on shutters")
    close, loose = (
        link(police, report("w", "wardens", description=said))["text"].item()
        for said in ("Youths banging on shutters", "Cars racing on the ring road")
    )
    assert close == 1.0
    assert loose < 0.6


# --- partners ---------------------------------------------------------------------------------


def test_each_row_has_one_partner_in_a_source_and_the_best_one_wins():
    others = [report("v", "wardens", at=90), report("w", "wardens", at=10)]
    assert pairs(POLICE, *others) == [("p", "w")]


def test_between_equals_the_lower_id_wins():
    assert pairs(POLICE, report("w", "wardens"), report("v", "wardens")) == [("p", "v")]


def test_a_row_that_loses_its_best_partner_takes_the_next():
    rows = [POLICE, report("q", "police", at=60), report("w", "wardens"), report("x", "wardens")]
    assert pairs(*rows) == [("p", "w"), ("q", "x")]


def test_three_sources_can_tell_of_one_event():
    rows = [POLICE, report("w", "wardens"), report("h", "housing", at=5)]
    assert set(groups_of(link(*rows), suggested=True)) == {"h"}


def test_no_chain_puts_two_rows_of_one_source_into_one_event():
    chain = [
        POLICE,
        report("w", "wardens", at=20),
        report("c", "councillors", at=60),
        report("q", "police", at=80),
    ]
    events = groups_of(link(*chain), suggested=True)
    assert events["p"] == events["w"]
    assert events["q"] == events["c"]
    assert events["p"] != events["q"]


def settled(*rows):
    return pd.DataFrame(list(rows), columns=["incident_a", "incident_b", "state"])


def test_a_refused_pair_is_not_proposed_again_and_frees_the_next_best():
    rows = [POLICE, report("v", "wardens", at=90), report("w", "wardens", at=10)]
    assert pairs(*rows, settled=settled(("w", "p", "refused"))) == [("p", "v")]


def test_a_refused_pair_is_not_joined_by_a_third_either():
    rows = [POLICE, report("w", "wardens"), report("h", "housing", at=5)]
    events = groups_of(link(*rows, settled=settled(("p", "w", "refused"))), suggested=True)
    assert events.get("p") is None or events.get("w") is None


def test_a_confirmed_pair_keeps_its_partner_from_a_better_one():
    rows = [POLICE, report("v", "wardens", at=90), report("w", "wardens", at=10)]
    assert pairs(*rows, settled=settled(("p", "v", "confirmed"))) == [("p", "v")]


def test_what_nobody_has_decided_changes_nothing():
    rows = [POLICE, report("w", "wardens", at=10)]
    assert pairs(*rows, settled=settled(("p", "w", "suggested"))) == [("p", "w")]


def test_what_people_said_must_have_its_columns():
    with pytest.raises(ParameterError, match="`settled` lacks state"):
        link(POLICE, settled=pd.DataFrame({"incident_a": [], "incident_b": []}))


# --- counting once ----------------------------------------------------------------------------

LINKS = pd.DataFrame(
    {
        "incident_a": ["b", "a", "d"],
        "incident_b": ["c", "b", "e"],
        "certain_time": [True, True, False],
    },
    index=[7, 8, 9],
)


def test_nothing_is_joined_until_somebody_confirms():
    assert groups_of(LINKS).empty


def test_confirmed_links_alone_are_joined():
    confirmed = pd.Series({7: False, 8: False, 9: True})
    assert groups_of(LINKS, confirmed).to_dict() == {"d": "d", "e": "d"}


def test_suggested_links_join_chains_but_not_rows_without_a_clock_time():
    assert groups_of(LINKS, suggested=True).to_dict() == {"a": "a", "b": "a", "c": "a"}


def test_all_but_the_best_placed_row_of_an_event_are_repeats():
    rows = pd.DataFrame(
        {
            "incident_id": ["a", "b", "c", "x"],
            "place_precision": ["none", "snapped", "address", "none"],
            "time_precision": ["minute", "minute", "day", "day"],
        },
        index=[3, 2, 1, 0],
    )
    marked = mark_repeats(rows, pd.Series({"a": "a", "b": "a", "c": "a"}))
    assert marked.to_dict() == {3: True, 2: True, 1: False, 0: False}


def test_with_equal_places_the_better_time_then_the_lower_id_stays():
    rows = pd.DataFrame(
        {
            "incident_id": ["b", "a", "c"],
            "place_precision": "point",
            "time_precision": ["minute", "day", "minute"],
        }
    )
    events = pd.Series({"a": "a", "b": "a", "c": "a"})
    assert mark_repeats(rows, events).tolist() == [False, True, True]


def test_an_event_of_which_one_row_is_counted_has_no_repeat():
    rows = pd.DataFrame([POLICE])
    assert mark_repeats(rows, pd.Series({"p": "p", "w": "p"})).tolist() == [False]


def test_with_no_event_every_row_counts():
    rows = pd.DataFrame([POLICE, report("w", "wardens")])
    assert mark_repeats(rows, groups_of(LINKS)).tolist() == [False, False]
