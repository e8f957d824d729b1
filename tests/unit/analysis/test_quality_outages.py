"""Months and weeks for which a source sent far less than it should have."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.analysis.quality import count_periods, find_outages
from aim.errors import ParameterError
from aim.model.records import Coverage

STEADY = [60, 57, 63, 58, 61, 64, 59, 62, 60, 58, 61, 63]


def months(number, first="2025-01"):
    return [str(month) for month in pd.period_range(first, periods=number, freq="M")]


def counts(source="police", first="2025-01", **series):
    return pd.DataFrame(
        [
            (source, incident_type, month, incidents)
            for incident_type, values in series.items()
            for month, incidents in zip(months(len(values), first), values, strict=True)
            if incidents is not None
        ],
        columns=["source", "incident_type", "month", "incidents"],
    )


def with_value(place, value, values=STEADY):
    return [value if at == place else usual for at, usual in enumerate(values)]


def silent(found):
    rows = found[found["finding"] == "outage"]
    return list(zip(rows["incident_type"], rows["month"], strict=True))


def covering(first, last, source="police"):
    return [Coverage(source, source, source, 1, first, last, ())]


def test_a_steady_series_has_no_outage():
    assert find_outages(counts(graffiti=STEADY)).empty


@pytest.mark.parametrize("value", [0, 5, 20])
def test_a_month_far_below_both_sides_is_an_outage(value):
    found = find_outages(counts(graffiti=with_value(5, value)))
    assert silent(found) == [("graffiti", "2025-06")]
    assert found["incidents"].tolist() == [value]
    assert found["expected"].tolist() == [60.5]
    assert found["share"].tolist() == [value / 60.5]


def test_a_month_of_just_over_half_is_not():
    assert find_outages(counts(graffiti=with_value(5, 32))).empty


def test_a_month_nobody_sent_counts_as_nought():
    found = find_outages(counts(graffiti=with_value(5, None)))
    assert silent(found) == [("graffiti", "2025-06")]
    assert found["incidents"].tolist() == [0]


def test_noughts_are_found_however_long_they_last():
    values = [*STEADY[:4], 0, 0, 0, 0, 0, 0, *STEADY[:4]]
    assert [month for _, month in silent(find_outages(counts(graffiti=values)))] == months(14)[4:10]


def test_a_type_that_ended_is_told_once():
    renamed = [*STEADY[:6], 0, 0, 0, 0, 0, 0]
    found = find_outages(counts(graffiti=renamed, tagging=renamed[::-1], littering=[200] * 12))
    assert found[["incident_type", "month", "finding"]].to_numpy().tolist() == [
        ["graffiti", "2025-07", "ended"]
    ]
    assert "no incidents of the type Graffiti since July 2025" in found["words"].iloc[0]


def test_nought_in_the_newest_month_alone_is_an_outage():
    found = find_outages(counts(graffiti=[*STEADY[:8], 0], littering=[200] * 9))
    assert silent(found) == [("graffiti", "2025-09")]


def test_two_thin_months_side_by_side_are_both_found():
    found = silent(find_outages(counts(graffiti=with_value(5, 4, with_value(6, 6)))))
    assert [month for _, month in found] == ["2025-06", "2025-07"]


def test_a_lasting_change_of_level_is_no_outage():
    assert find_outages(counts(graffiti=[100, 104, 98, 101, 99, 30, 31, 28, 33, 29, 30])).empty


def test_a_season_is_no_outage():
    assert find_outages(counts(graffiti=[165, 182, 150, 110, 70, 60, 66, 95, 147, 150])).empty


def test_small_counts_are_left_alone():
    assert find_outages(counts(graffiti=[6, 9, 7, 0, 8, 7, 9, 6])).empty


def test_a_restless_series_needs_a_deeper_fall():
    restless = [60, 110, 45, 125, 30, 95, 52, 130, 44, 105]
    assert find_outages(counts(graffiti=restless)).empty
    assert silent(find_outages(counts(graffiti=with_value(5, 0, restless))))


def test_one_silent_type_is_told_though_the_rest_goes_on():
    found = find_outages(counts(graffiti=with_value(5, 3), littering=[200] * 12))
    assert silent(found) == [("graffiti", "2025-06")]


def test_a_silent_source_is_told_once_and_not_by_type():
    found = find_outages(counts(graffiti=with_value(5, 3), littering=with_value(5, 10, [200] * 12)))
    assert silent(found) == [("all", "2025-06")]


def test_what_the_rest_of_the_source_did_is_allowed_for():
    calm = [100] * 12
    fallen = with_value(5, 45, calm)
    halved = with_value(5, 500, [1000] * 12)
    assert silent(find_outages(counts(graffiti=fallen, littering=[1000] * 12)))
    assert ("graffiti", "2025-06") not in silent(
        find_outages(counts(graffiti=fallen, littering=halved))
    )


def test_sources_are_judged_apart():
    found = find_outages(
        pd.concat([counts("a", graffiti=STEADY), counts("b", graffiti=with_value(5, 3))])
    )
    assert found["source"].tolist() == ["b"]


def test_the_newest_month_is_called_silent_only_far_down():
    assert find_outages(counts(graffiti=[*STEADY, 24])).empty
    assert silent(find_outages(counts(graffiti=[*STEADY, 4]))) == [("graffiti", "2026-01")]


def test_the_first_month_is_not_judged():
    assert find_outages(counts(graffiti=[4, *STEADY])).empty


def test_a_month_half_covered_is_partial_and_not_an_outage():
    known = covering(date(2025, 1, 1), date(2026, 1, 8))
    found = find_outages(counts(graffiti=[*STEADY, 14]), coverage=known)
    assert found[["month", "finding", "incidents"]].to_numpy().tolist() == [
        ["2026-01", "partial", 14]
    ]
    assert "26% of January 2026" in found["words"].iloc[0]


def test_a_month_half_covered_is_silent_when_it_lacks_even_its_share():
    known = covering(date(2025, 1, 1), date(2026, 1, 25))
    found = find_outages(counts(graffiti=[*STEADY, 2]), coverage=known)
    assert found["finding"].tolist() == ["outage"]
    assert found["expected"].iloc[0] == pytest.approx(61 * 25 / 31, abs=0.1)


@pytest.mark.parametrize(
    ("day", "partial"), [(date(2025, 1, 8), []), (date(2025, 1, 9), ["2025-01"])]
)
def test_a_source_that_starts_late_in_a_month_covers_it_partly(day, partial):
    known = covering(day, date(2025, 12, 31))
    assert find_outages(counts(graffiti=STEADY), coverage=known)["month"].tolist() == partial


def test_the_last_day_of_a_month_makes_it_whole():
    known = covering(date(2025, 1, 1), date(2025, 12, 31))
    assert find_outages(counts(graffiti=STEADY), coverage=known).empty


@pytest.mark.parametrize(("number", "finding"), [(3, ["too short to say"]), (4, [])])
def test_a_short_series_says_so_rather_than_guess(number, finding):
    found = find_outages(counts(graffiti=STEADY[:number]))
    assert found["finding"].tolist() == finding
    assert not finding or "3 months: too short" in found["words"].iloc[0]


def test_an_outage_is_a_question_in_words():
    words = find_outages(counts(graffiti=with_value(5, 3)))["words"].iloc[0]
    assert words == (
        "police sent 3 incidents of the type Graffiti for June 2025, where the periods beside it"
        " suggest about 60. Read it as missing reports, not as a fall, until the sender says"
        " otherwise."
    )


def test_weeks_run_from_monday_in_london_and_leave_out_months():
    incidents = pd.DataFrame(
        {
            "source": "wardens",
            "incident_type": "graffiti",
            "occurred_from": pd.to_datetime(
                ["2026-04-05T22:59Z", "2026-04-05T23:00Z", "2026-04-12T12:00Z", "2026-04-01T00:00Z"]
            ),
            "time_precision": ["minute", "day", "minute", "month"],
        }
    )
    found = count_periods(incidents, by="week")
    assert found[["week", "incidents"]].to_numpy().tolist() == [
        ["2026-03-30", 1],
        ["2026-04-06", 2],
    ]


def test_a_silent_week_is_found_and_named_by_its_day():
    weeks = [str(day.date()) for day in pd.date_range("2026-01-05", periods=12, freq="7D")]
    table = pd.DataFrame(
        {
            "source": "wardens",
            "incident_type": "graffiti",
            "week": weeks,
            "incidents": with_value(5, 2),
        }
    )
    found = find_outages(table, by="week")
    assert found["week"].tolist() == ["2026-02-09"]
    assert "the week from 9 February 2026" in found["words"].iloc[0]


def test_an_empty_table_has_no_finding():
    found = find_outages(counts())
    assert found.empty
    assert list(found)[:3] == ["source", "incident_type", "month"]


@pytest.mark.parametrize(
    ("table", "by", "said"),
    [
        (counts(graffiti=STEADY).drop(columns="month"), "month", "lacks month"),
        (counts(graffiti=[*STEADY, -1]), "month", "negative"),
        (counts(graffiti=STEADY), "year", "month or week"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(table, by, said):
    with pytest.raises(ParameterError, match=said):
        find_outages(table, by=by)


@settings(max_examples=40)
@given(
    st.lists(st.integers(85, 115), min_size=8, max_size=14),
    st.integers(0, 20),
    st.data(),
)
def test_a_planted_gap_is_found_whatever_the_order_of_rows_and_nothing_else(usual, left, data):
    place = data.draw(st.integers(1, len(usual) - 2))
    table = counts(graffiti=with_value(place, left, usual))
    mixed = table.sample(frac=1, random_state=data.draw(st.integers(0, 99)))
    assert silent(find_outages(mixed)) == [("graffiti", table["month"].iloc[place])]
    assert find_outages(counts(graffiti=usual)).empty


def test_chance_alone_hardly_ever_looks_like_an_outage():
    rng = np.random.default_rng(5)
    found = sum(
        len(
            find_outages(
                counts(graffiti=list(rng.poisson(12, 24)), littering=list(rng.poisson(40, 24)))
            )
        )
        for _ in range(40)
    )
    assert found <= 1


def read_months(folder):
    columns = {"Month": "month", "Crime type": "incident_type"}
    read = [pd.read_csv(path, usecols=[*columns]) for path in folder.glob("*-street.csv.gz")]
    keyed = pd.concat(read).rename(columns=columns).assign(source=folder.name)
    return keyed.groupby(["source", "incident_type", "month"]).size().reset_index(name="incidents")


@pytest.mark.real_data
def test_the_thin_month_of_northumbria_is_found_and_no_other(real_data):
    found = find_outages(read_months(real_data / "police" / "northumbria"))
    assert silent(found) == [("Anti-social behaviour", "2020-07")]
    assert found["incidents"].tolist() == [1368]
    assert found["expected"].between(5500, 7500).all()


@pytest.mark.real_data
def test_cleveland_has_no_false_outage(real_data):
    assert find_outages(read_months(real_data / "police" / "cleveland")).empty


@pytest.mark.real_data
def test_two_months_of_staffordshire_are_too_short(real_data):
    found = find_outages(read_months(real_data / "police" / "staffordshire"))
    assert found["finding"].tolist() == ["too short to say"]
