"""The grid: what is counted where, what is banded, what stays as it was."""

import pandas as pd
import pytest

from aim.access.disclosure import (
    ALL_THEMES,
    BOROUGH,
    LAST_4_QUARTERS,
    LAST_12,
    OTHER_THEME,
    Audience,
    count_grid,
    leading_theme,
    quarter_of,
    release_grid,
)
from aim.errors import ParameterError
from aim.model.types import read_taxonomy

TAXONOMY = read_taxonomy()
WARDS = ("N1", "N2", "N3")
SPRING = ("2026-04", "2026-05", "2026-06")
QUARTER = "2026/27 Q1"
YEAR = tuple(str(month) for month in pd.period_range("2025-04", "2026-03", freq="M"))


def counts_of(*rows):
    return pd.DataFrame(rows, columns=["ward_code", "month", "theme", "sensitivity", "incidents"])


def sensitive(*numbers, month="2026-04", theme="violence"):
    return counts_of(
        *((ward, month, theme, "sensitive", n) for ward, n in zip(WARDS, numbers, strict=False))
    )


def release(counts, earlier=None, **changed):
    asked = {
        "wards": WARDS,
        "months": SPRING,
        "taxonomy": TAXONOMY,
        "audience": Audience.SCRUTINY,
        "earlier": earlier,
    }
    return release_grid(counts, **(asked | changed))


def cell(released, ward, period, theme, sensitivity="sensitive"):
    """Return low and high of one cell, None where it has no row."""
    found = released[
        (released["ward_code"] == ward)
        & (released["period"] == period)
        & (released["theme"] == theme)
        & (released["sensitivity"] == sensitivity)
    ]
    assert len(found) <= 1
    return tuple(found[["low", "high"]].iloc[0]) if len(found) else None


@pytest.mark.parametrize(
    ("month", "quarter"),
    [
        ("2026-01", "2025/26 Q4"),
        ("2026-03", "2025/26 Q4"),
        ("2026-04", "2026/27 Q1"),
        ("2026-06", "2026/27 Q1"),
        ("2026-07", "2026/27 Q2"),
        ("2026-12", "2026/27 Q3"),
        ("2099-12", "2099/00 Q3"),
    ],
)
def test_quarters_start_in_april(month, quarter):
    assert quarter_of(month) == quarter


def test_a_type_without_theme_leads_to_other():
    assert leading_theme("other-crime", TAXONOMY) == OTHER_THEME
    assert leading_theme("not-a-type", TAXONOMY) == OTHER_THEME
    assert leading_theme("public-order", TAXONOMY) == "asb"


def incidents_of(*rows):
    table = pd.DataFrame(rows, columns=["ward_code", "when", "incident_type", "sensitivity"])
    return table.assign(occurred_from=pd.to_datetime(table["when"], utc=True))


def test_routine_incidents_count_in_every_theme_and_sensitive_ones_in_one():
    counted = count_grid(
        incidents_of(
            ("N1", "2026-04-02", "public-order", "routine"),
            ("N1", "2026-04-03", "public-order", "public"),
            ("N1", "2026-04-09", "public-order", "sensitive"),
        ),
        TAXONOMY,
    )
    themes = counted.groupby("sensitivity")["theme"].apply(set).to_dict()
    every = {"asb", "violence", "night-time-economy", ALL_THEMES}
    assert themes == {"routine": every, "public": every, "sensitive": {"asb"}}
    assert counted["incidents"].eq(1).all()


def test_what_has_no_theme_is_counted_as_other():
    counted = count_grid(
        incidents_of(
            ("N1", "2026-04-02", "other-crime", "routine"),
            ("N1", "2026-04-02", "zorbing", "routine"),
            ("N1", "2026-04-02", "zorbing", "sensitive"),
        ),
        TAXONOMY,
    )
    routine = counted[counted["sensitivity"] == "routine"]
    assert dict(zip(routine["theme"], routine["incidents"], strict=True)) == {"all": 2, "other": 2}
    assert counted["incidents"].sum() == 5


def test_months_are_of_london_and_rows_without_a_ward_are_left_out():
    counted = count_grid(
        incidents_of(
            ("N1", "2026-04-30T23:30Z", "littering", "routine"),
            ("N1", "2026-04-30T22:30Z", "littering", "routine"),
            (None, "2026-04-30T22:30Z", "littering", "routine"),
        ),
        TAXONOMY,
    )
    every = counted[counted["theme"] == ALL_THEMES]
    assert every[["month", "incidents"]].to_numpy().tolist() == [["2026-04", 1], ["2026-05", 1]]


def test_no_incident_makes_no_count():
    assert count_grid(incidents_of(), TAXONOMY).empty


def test_routine_and_public_counts_show_as_they_are_and_zero_too():
    counts = counts_of(
        ("N1", "2026-04", "asb", "routine", 3),
        ("N2", "2026-04", "asb", "routine", 4),
        ("N1", "2026-04", "asb", "public", 1),
    )
    released, _ = release(counts)
    assert cell(released, "N1", "2026-04", "asb", "routine") == (3, 3)
    assert cell(released, "N3", "2026-05", "theft", "routine") == (0, 0)
    assert cell(released, BOROUGH, "2026-04", "asb", "routine") == (7, 7)
    assert cell(released, BOROUGH, "2026-04", "asb", "public") == (1, 1)


def test_twelve_months_are_added_up_when_they_follow_on():
    rows = [("N1", month, "asb", "routine", 2) for month in ("2025-03", *YEAR)]
    released, _ = release(counts_of(*rows), months=("2025-03", *YEAR))
    assert cell(released, "N1", LAST_12, "asb", "routine") == (24, 24)
    assert cell(released, BOROUGH, LAST_12, "asb", "routine") == (24, 24)
    gap, _ = release(counts_of(*rows), months=("2025-03", *YEAR[1:]))
    assert cell(gap, "N1", LAST_12, "asb", "routine") is None
    short, _ = release(counts_of(*rows), months=YEAR[1:])
    assert cell(short, "N1", LAST_12, "asb", "routine") is None


def test_sensitive_counts_go_by_quarter_in_bands_and_zero_with_the_smallest():
    released, _ = release(sensitive(0, 5, 6))
    assert cell(released, "N1", QUARTER, "violence") == (0, 5)
    assert cell(released, "N2", QUARTER, "violence") == (0, 5)
    assert cell(released, "N3", QUARTER, "violence") == (6, 11)
    assert cell(released, "N3", "2026-04", "violence") is None
    assert cell(released, "N1", QUARTER, "damage") == (0, 5)


def test_the_months_of_a_quarter_are_added_up():
    rows = pd.concat([sensitive(3, month=month) for month in SPRING])
    assert cell(release(rows)[0], "N1", QUARTER, "violence") == (6, 11)


@pytest.mark.parametrize("months", [SPRING[:2], SPRING[1:], ("2026-03", *SPRING[1:])])
def test_a_quarter_waits_for_its_last_month(months):
    released, remembered = release(sensitive(9, month="2026-05"), months=months)
    assert set(released["sensitivity"]) == {"public", "routine"}
    assert remembered.empty


def test_the_borough_is_cut_between_the_sums_of_its_wards():
    released, _ = release(sensitive(7, 8, 4))
    # The wards make 12 to 27 together: 12 to 17, and 18 to 27, since less than six would be left.
    assert cell(released, BOROUGH, QUARTER, "violence") == (18, 27)
    # Nine other themes make 0 to 15 each: the borough of all themes lies between those sums.
    every = cell(released, BOROUGH, QUARTER, ALL_THEMES)
    assert every[0] <= 19 <= every[1]
    assert every[1] - every[0] == 5


def test_all_themes_of_a_ward_are_made_of_its_bands():
    released, _ = release(sensitive(7, 0, 0))
    themes = released[(released["ward_code"] == "N1") & (released["period"] == QUARTER)]
    apart = themes[themes["theme"] != ALL_THEMES]
    assert cell(released, "N1", QUARTER, ALL_THEMES) == (apart["low"].sum(), apart["high"].sum())


def test_four_quarters_are_made_of_their_bands():
    rows = pd.concat([sensitive(7, month=month) for month in YEAR])
    released, _ = release(rows, months=YEAR)
    quarters = [cell(released, "N1", quarter_of(month), "violence") for month in YEAR[::3]]
    assert quarters == [(18, 23)] * 4
    assert cell(released, "N1", LAST_4_QUARTERS, "violence") == (72, 92)
    every = [cell(released, BOROUGH, quarter_of(month), ALL_THEMES) for month in YEAR[::3]]
    lows, highs = zip(*every, strict=True)
    assert cell(released, BOROUGH, LAST_4_QUARTERS, ALL_THEMES) == (sum(lows), sum(highs))


def test_only_the_last_four_quarters_that_follow_on_make_a_year():
    before = tuple(str(month) for month in pd.period_range("2025-01", "2025-03", freq="M"))
    rows = sensitive(7, month="2025-04")
    longer, _ = release(rows, months=(*before, *YEAR))
    assert cell(longer, "N1", LAST_4_QUARTERS, "violence") == (6, 26)
    gap, _ = release(rows, months=(*before, *YEAR[3:]))
    assert cell(gap, "N1", LAST_4_QUARTERS, "violence") is None
    short, _ = release(rows, months=YEAR[:9])
    assert cell(short, "N1", LAST_4_QUARTERS, "violence") is None


def test_asking_again_gives_the_same():
    first, remembered = release(sensitive(7, 0, 3))
    again, kept = release(sensitive(7, 0, 3), remembered)
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(remembered, kept)


@pytest.mark.parametrize("late", [1, 7, 16])
def test_late_reports_do_not_show(late):
    first, remembered = release(sensitive(7, 0, 3))
    after, kept = release(sensitive(late, 0, 3), remembered)
    pd.testing.assert_frame_equal(first, after)
    pd.testing.assert_frame_equal(remembered, kept)


@pytest.mark.parametrize(("late", "band"), [(0, (0, 5)), (17, (12, 17))])
def test_a_count_that_left_its_band_by_more_than_k_is_revised(late, band):
    _, remembered = release(sensitive(7, 8, 9))
    after, kept = release(sensitive(late, 8, 9), remembered)
    assert cell(after, "N1", QUARTER, "violence") == band
    # The borough is now made of its wards, as a second count of them would take them apart.
    total = (band[0] + 12, band[1] + 22)
    assert cell(after, BOROUGH, QUARTER, "violence") == total
    again, _ = release(sensitive(late, 8, 9), kept)
    assert cell(again, BOROUGH, QUARTER, "violence") == total
    themes = after[(after["ward_code"] == BOROUGH) & (after["period"] == QUARTER)]
    apart = themes[(themes["sensitivity"] == "sensitive") & (themes["theme"] != ALL_THEMES)]
    every = cell(after, BOROUGH, QUARTER, ALL_THEMES)
    assert every == (apart["low"].sum(), apart["high"].sum())


def test_a_released_quarter_is_not_cut_again_by_other_wards():
    _, remembered = release(sensitive(7, 8, 9))
    rows = counts_of(("M1", "2026-04", "violence", "sensitive", 24))
    released, kept = release(rows, remembered, wards=("N1", "M1"))
    assert cell(released, "M1", QUARTER, "violence") is None
    assert cell(released, "N2", QUARTER, "violence") is None
    assert cell(released, "N1", QUARTER, "violence") == (0, 5)
    assert set(remembered["ward_code"]) == set(kept["ward_code"])


def test_a_quarter_that_is_open_again_is_remembered_and_not_shown():
    _, remembered = release(sensitive(7, 8, 9))
    released, kept = release(sensitive(7, 8, 9), remembered, months=SPRING[:2])
    assert "sensitive" not in set(released["sensitivity"])
    pd.testing.assert_frame_equal(remembered, kept)


def test_what_is_stricter_later_keeps_what_was_released():
    _, remembered = release(sensitive(7, 0, 0))
    released, _ = release(sensitive(7, 0, 0), remembered, k=10)
    assert cell(released, "N1", QUARTER, "violence") == (6, 11)
    fresh, _ = release(sensitive(7, 0, 0), k=10)
    assert cell(fresh, "N1", QUARTER, "violence") == (0, 10)


def test_the_public_sees_the_borough_in_wider_bands_and_no_ward():
    released, remembered = release(sensitive(7, 8, 4), audience=Audience.PUBLIC)
    assert cell(released, "N1", QUARTER, "violence") is None
    assert cell(released, BOROUGH, QUARTER, "violence") == (12, 35)
    assert cell(released, "N1", "2026-04", "asb", "routine") == (0, 0)
    pd.testing.assert_frame_equal(remembered, release(sensitive(7, 8, 4))[1])


def test_wards_and_months_not_named_are_left_out():
    rows = counts_of(
        ("N9", "2026-04", "asb", "routine", 3),
        ("N1", "2026-07", "asb", "routine", 3),
        ("N9", "2026-04", "asb", "sensitive", 30),
    )
    released, _ = release(rows)
    assert cell(released, BOROUGH, "2026-04", "asb", "routine") == (0, 0)
    assert cell(released, BOROUGH, QUARTER, "asb") == (0, 5)
    assert set(released["ward_code"]) == {*WARDS, BOROUGH}


def test_an_unknown_sensitivity_counts_as_sensitive():
    rows = sensitive(7).assign(sensitivity="secret")
    assert cell(release(rows)[0], "N1", QUARTER, "violence") == (6, 11)


def test_missing_columns_are_named():
    with pytest.raises(ParameterError, match="incidents"):
        release(sensitive(7).drop(columns="incidents"))
    with pytest.raises(ParameterError, match="low"):
        release(sensitive(7), pd.DataFrame({"ward_code": [], "period": [], "theme": []}))
