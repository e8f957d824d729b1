"""Tables of a strategic assessment: years, localities, top locations, vulnerable localities."""

from datetime import date

import pandas as pd
import pytest

from aim.analysis.change import compare_table
from aim.analysis.indices import (
    locality_table,
    quarter_of,
    top_locations,
    vulnerable_localities,
    year_interval,
    year_of,
)
from aim.errors import ParameterError


@pytest.mark.parametrize(
    ("day", "starts", "year", "quarter"),
    [
        (date(2026, 3, 31), 4, "2025/26", "2025/26 Q4"),
        (date(2026, 4, 1), 4, "2026/27", "2026/27 Q1"),
        (date(2026, 6, 30), 4, "2026/27", "2026/27 Q1"),
        (date(2026, 7, 1), 4, "2026/27", "2026/27 Q2"),
        (date(1999, 12, 31), 4, "1999/00", "1999/00 Q3"),
        (date(2026, 12, 31), 1, "2026", "2026 Q4"),
        (date(2026, 8, 31), 9, "2025/26", "2025/26 Q4"),
    ],
)
def test_years_and_quarters_start_where_they_are_told(day, starts, year, quarter):
    assert (year_of(day, starts), quarter_of(day, starts)) == (year, quarter)
    since, until = year_interval(year, starts)
    assert since <= day < until
    assert year_of(until, starts) != year


@pytest.mark.parametrize("text", ["2025/27", "2025", "25/26", "2025/26 Q1", "soon", "0000/01"])
def test_what_is_no_year_is_refused(text):
    with pytest.raises(ParameterError, match="write it like 2025/26"):
        year_interval(text)


def test_there_is_no_thirteenth_month():
    for starts in (0, 13):
        with pytest.raises(ParameterError, match="`year_starts`"):
            year_of(date(2026, 1, 1), starts)


def incidents(*moments, incident_type="burglary"):
    return pd.DataFrame(
        {
            "incident_type": incident_type,
            "occurred_from": pd.to_datetime(list(moments), utc=True, format="ISO8601"),
        }
    )


def test_incidents_are_counted_by_locality_and_london_year():
    # 23:30 UTC on 31 March is 00:30 on 1 April in London.
    rows = incidents("2025-03-31T22:30Z", "2025-03-31T23:30Z", "2026-03-01T00:00Z")
    found = locality_table(rows, pd.Series(["North", "North", None]))
    assert found.counts.loc[("burglary", "North")].tolist() == [1, 1]
    assert found.counts.loc[("burglary", "outside")].tolist() == [0, 1]
    assert found.counts.loc[("burglary", "all")].tolist() == [1, 2]
    assert found.counts.columns.tolist() == ["2024/25", "2025/26"]
    assert found.counts.index.tolist()[-1] == ("burglary", "all")
    assert found.warnings[0] == "1 incidents lie outside every locality."


def test_calendar_years_serve_road_casualties():
    found = locality_table(incidents("2025-03-31T12:00Z"), pd.Series(["North"]), year_starts=1)
    assert found.counts.columns.tolist() == ["2025"]


def test_a_year_that_is_not_whole_is_said():
    rows = incidents("2025-03-01T12:00Z", "2025-06-01T12:00Z")
    where = pd.Series(["North", "North"])
    whole = locality_table(rows, where, covers=(date(2024, 4, 1), date(2026, 4, 1)))
    assert whole.warnings == ()
    part = locality_table(rows, where, covers=(date(2024, 4, 2), date(2026, 3, 31)))
    first, last = part.warnings
    assert first.startswith(
        "2024/25 is not whole: the data run from 2 April 2024 to 31 March 2025."
    )
    assert last.startswith("2025/26 is not whole: the data run from 1 April 2025 to 30 March 2026.")
    assert "was not said" in locality_table(rows, where).warnings[0]


def test_incidents_without_a_date_are_not_counted_but_said():
    found = locality_table(incidents("2025-03-01T12:00Z", None), pd.Series(["North", "North"]))
    assert found.counts.to_numpy().sum() == 2
    assert found.warnings[0] == "1 incidents without a date are not counted."
    assert locality_table(incidents(), pd.Series([], dtype="str")).counts.empty


def test_localities_of_other_rows_are_refused():
    with pytest.raises(ParameterError, match="index of `incidents`"):
        locality_table(incidents("2025-03-01T12:00Z"), pd.Series(["North"], index=[7]))


@pytest.mark.real_data
def test_the_published_locality_table_is_rebuilt_from_its_incidents(real_data):
    table = pd.read_csv(real_data / "published" / "south_staffs_localities.csv")
    table = table[table["indicator"] != "road_safety_ksi"]
    rows = table.loc[table.index.repeat(table["count_approx"])].reset_index(drop=True)
    first = pd.to_datetime(rows["year"].str[:4] + "-09-15", utc=True)
    told = pd.DataFrame({"incident_type": rows["indicator"], "occurred_from": first})
    counts = locality_table(told, rows["locality"]).counts
    for row in table.itertuples():
        assert counts.loc[(row.indicator, row.locality), row.year] == row.count_approx
    asb = counts.loc[("anti_social_behaviour", "all")]
    assert asb.tolist() == [4369, 3712, 3682, 3127]
    changed = compare_table(
        pd.DataFrame({"now": [asb["2009/10"]], "before": [asb["2006/07"]]})
    ).iloc[0]
    assert (round(changed["percent"], 1), changed["change"]) == (-28.4, "down")


def test_the_top_streets_join_what_senders_wrote_and_keep_ties():
    texts = ["Mill Lane", "On or near Mill Lane", "o/s 3 mill ln", "Quay", "Quay", "Dock Road"]
    texts += ["Abbey Road", "Abbey Road", "On or near No Location", None]
    found = top_locations(pd.DataFrame({"location_text": texts}), most=2)
    assert found["location"].tolist() == ["Mill Lane", "Abbey Road", "Quay"]
    assert found["rank"].tolist() == [1, 2, 2]
    assert found["incidents"].tolist() == [3, 2, 2]
    assert found["share"].tolist() == [0.3, 0.2, 0.2]
    assert top_locations(pd.DataFrame({"location_text": texts}), most=1)["rank"].tolist() == [1]


def test_each_locality_has_its_own_list():
    rows = pd.DataFrame({"location_text": ["Quay", "Quay", "Mill Lane", "Quay"]})
    found = top_locations(rows, pd.Series(["South", "South", "North", None]))
    assert found["locality"].tolist() == ["North", "South", "outside"]
    assert found["incidents"].tolist() == [1, 2, 1]
    assert top_locations(rows[:0]).empty
    with pytest.raises(ParameterError, match="`most`"):
        top_locations(rows, most=0)
    with pytest.raises(ParameterError, match="`localities`"):
        top_locations(rows, pd.Series(["South"]))


HOMES = pd.Series([1000, 800, 600, 1200])


def test_the_worked_index_holds_for_both_bases():
    counts = pd.DataFrame({"burglary": [12, 6, 3, 9]})
    pooled = vulnerable_localities(counts, HOMES)
    assert pooled.indices["index"].tolist() == pytest.approx([144, 90, 60, 90])
    assert "all localities together" in pooled.base
    mean = vulnerable_localities(counts, HOMES, base="mean")
    assert mean.indices["index"].tolist() == pytest.approx([150, 93.75, 62.5, 93.75])
    assert "each counted once" in mean.base


def test_the_index_is_the_mean_of_the_indicators_that_hold_a_count():
    counts = pd.DataFrame({"burglary": [12, 6, 3, 9], "damage": [0, 4, 3, 6], "none": [0] * 4})
    found = vulnerable_localities(counts, HOMES)
    damage = pd.Series([0, 4, 3, 6]) / HOMES / (13 / 3600) * 100
    assert found.indices["index"].tolist() == pytest.approx(
        ((pd.Series([144, 90, 60, 90]) + damage) / 2).tolist()
    )
    assert found.warnings == ("none holds no count and is left out.",)


@pytest.mark.parametrize(
    ("counts", "homes", "base", "words"),
    [
        ([1, 2, 3, 4], HOMES, "median", "`base`"),
        ([0, 0, 0, 0], HOMES, "mean", "found none"),
        ([1, 2, 3, 4], HOMES * 0, "mean", "`households`"),
        ([1, 2, 3, 4], HOMES[:3], "mean", "`households` must have the index"),
        ([1, 2, 3, -4], HOMES, "mean", "burglary"),
    ],
)
def test_what_makes_no_index_is_refused(counts, homes, base, words):
    with pytest.raises(ParameterError, match=words):
        vulnerable_localities(pd.DataFrame({"burglary": counts}), homes, base=base)
