"""What became of places: followed over two years, judged by their ground, told in words."""

from datetime import date

import pandas as pd
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST, reach_of
from aim.config import Settings
from aim.errors import NotAllowedError, ParameterError
from aim.model.breaks import Break
from aim.model.crs import to_degrees
from aim.model.hotspots import HotspotParameters
from aim.model.people import Actor, Role
from aim.store import open_store
from aim.workflows import charts, past_words, pasts

FIVE = HotspotParameters(min_samples=5)
MONTHS = [str(month) for month in pd.period_range("2024-05", "2026-04", freq="M")]
QUAY, MILL, YARD = (480_300.0, 530_400.0), (481_500.0, 530_500.0), (480_700.0, 530_800.0)
LATE = 6
PEAK = 14


def job(number, day, place, category="Graffiti"):
    street, (east, north) = place
    return f"W{number},{day:%d/%m/%Y},21:00,{category},{street},{east:.0f},{north:.0f},"


def reports():
    """Quay Street always, Mill Lane in the newest months, Tar Yard in the first; one each else."""
    rows, number = [], 0
    for at, month in enumerate(MONTHS):
        counts = {
            ("Quay Street", QUAY): PEAK if at == len(MONTHS) - 1 else 3,
            ("Mill Lane", MILL): 3 if at >= len(MONTHS) - LATE else 0,
            ("Tar Yard", YARD): 3 if at < LATE + 2 else 0,
        }
        for (street, (east, north)), count in counts.items():
            for one in range(count):
                number += 1
                day = date.fromisoformat(f"{month}-{1 + one:02d}")
                rows.append(job(number, day, (street, (east + 15 * one, north))))
        number += 1
        last = (pd.Period(month, freq="M")).end_time.date()
        where = (480_050.0 + 75 * at, 530_080.0 + 31 * (at % 7))
        rows.append(job(number, last, ("Far Road", where), "Fly tipping"))
    return "\n".join(["Job No,Date,Time,Category,Location,Easting,Northing,Details", *rows])


def ward_file(path):
    corners = [(480_000, 530_000), (482_000, 530_000), (482_000, 531_000), (480_000, 531_000)]
    lon, lat = to_degrees(*zip(*[*corners, corners[0]], strict=True))
    ring = ",".join(f"[{x},{y}]" for x, y in zip(lon, lat, strict=True))
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
        '{"WD26CD":"E05099001","WD26NM":"Abbey"},"geometry":'
        f'{{"type":"Polygon","coordinates":[[{ring}]]}}}}]}}',
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("years")
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    workflows.make_store(LOCAL_ANALYST, url)
    opened = open_store(url)
    workflows.add_ward_set(opened, LOCAL_ANALYST, ward_file(folder / "wards.geojson"), name="w")
    path = folder / "wardens.csv"
    path.write_text(reports(), encoding="utf-8")
    workflows.ingest_feed(opened, LOCAL_ANALYST, feed="wardens", path=path)
    yield opened
    opened.close()


def wanted(store, **words):
    return workflows.read_words(store, LOCAL_ANALYST, words)


@pytest.fixture(scope="module")
def history(store):
    return workflows.place_history(store, LOCAL_ANALYST, wanted(store), FIVE)


def test_each_place_is_called_what_it_is(history):
    told = history.places.set_index("place")["what_it_is"].to_dict()
    assert told == {"Quay Street": "Persistent", "Mill Lane": "Recent", "Tar Yard": "Passing"}


def test_first_and_months_present_are_those_of_the_searches(history):
    quay = history.places.set_index("place").loc["Quay Street"]
    assert (quay["first_seen"], quay["last_seen"]) == ("2024-06", "2026-04")
    assert (quay["months_present"], quay["months_observed"]) == (23, 24)
    # One of those scattered fell on its ground.
    assert quay["incidents"] == 23 * 3 + PEAK + 1


def test_places_found_last_come_first(history):
    assert history.places["place"].tolist()[-1] == "Tar Yard"
    assert history.places["place"].tolist()[0] == "Quay Street"


def test_a_history_says_how_it_was_made(history):
    assert history.facts["months"] == MONTHS
    assert history.facts["window"] == 6
    for fact in ("filter", "parameters", "alpha", "unobserved", "data_version"):
        assert fact in history.facts


def test_fewer_months_are_the_newest_ones(store):
    shorter = workflows.place_history(store, LOCAL_ANALYST, wanted(store), FIVE, months=8)
    assert shorter.facts["months"] == MONTHS[-8:]
    assert "Tar Yard" not in set(shorter.places["place"])
    # The months before belong to the first windows: each is whole, and judged.
    assert shorter.hot.columns.tolist() == MONTHS[-8:]


def test_a_period_bounds_the_months(store):
    asked = wanted(store, since="2025-01-01", until="2025-07-15")
    assert workflows.place_history(store, LOCAL_ANALYST, asked, FIVE).facts["months"] == [
        "2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06",
    ]  # fmt: skip


@pytest.mark.parametrize("months", [0, 121])
def test_a_number_of_months_out_of_range_is_refused(store, months):
    with pytest.raises(ParameterError, match=f"`months` must be from 1 to 120, found {months}"):
        workflows.place_history(store, LOCAL_ANALYST, wanted(store), months=months)


def test_who_sees_no_reports_sees_no_history(store):
    councillor = Actor("c1", "council", frozenset({Role.COUNCILLOR}))
    with pytest.raises(NotAllowedError):
        workflows.place_history(store, councillor, wanted(store))
    with pytest.raises(NotAllowedError):
        workflows.control_charts(store, councillor, wanted(store))


def test_files_and_text_hold_what_the_page_shows(store, history):
    file = workflows.export_history(
        store, LOCAL_ANALYST, wanted(store), FIVE, Settings(), file_format="csv",
        made=date(2026, 5, 1),
    )  # fmt: skip
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("place,wards,class,what_it_is,first_seen")
    assert [line.split(",")[0] for line in lines[1:4]] == history.places["place"].tolist()
    text = workflows.history_text(history, wanted(store))
    assert "Quay Street  Persistent" in text
    assert "23 of 24" in text
    assert "6 months at a time" in text


def test_a_list_says_what_a_place_is_and_warns_of_its_peak(store):
    april = wanted(store, since="2026-04-01", until="2026-05-01")
    run = workflows.find_hotspots(store, LOCAL_ANALYST, april, FIVE)
    assert run.hotspots["name"].tolist() == ["Quay Street"]
    past = run.facts["pasts"]["places"]["1"]
    assert past["class"] == "persistent"
    assert past["peak"]["now"] == PEAK
    assert past["year_ago"] == {"now": PEAK, "then": 3, "change": "up"}
    assert past["judged"] == 19
    why = dict(past_words.say_pasts(run, 1))
    assert why["What it is"].startswith("Persistent: has stood out nearly always.")
    assert "19 of 19 months" in why["What it is"]
    assert why["Found at its peak"].startswith("14 a month where 3 were usual")
    assert past_words.warn_of_past(run, 1)[0].startswith("Found at its peak")


def test_a_longer_period_is_a_level_and_no_peak(store):
    asked = wanted(store, since="2026-01-01", until="2026-05-01")
    run = workflows.find_hotspots(store, LOCAL_ANALYST, asked, FIVE)
    assert run.facts["pasts"]["places"]["1"]["peak"] is None


def test_two_years_hold_24_months_to_judge(store):
    steps = pasts.steps_of(store, reach_of(LOCAL_ANALYST), wanted(store))
    assert steps.months == tuple(MONTHS)
    assert steps.unobserved == ()
    assert steps.span.say() == "May 2024 to April 2026"


def test_a_month_out_of_its_range_is_said_in_words(store):
    found = workflows.control_charts(store, LOCAL_ANALYST, wanted(store))
    above = found.table[found.table["signal"] == "above"]
    assert above[["ward", "type", "month", "incidents"]].to_numpy().tolist() == [
        ["Abbey", "Graffiti", "2026-04", PEAK + 3]
    ]
    text = workflows.control_text(found, wanted(store))
    assert "2026-04  Abbey  Graffiti         17" in text
    assert "More than chance brings" in text


def test_a_month_is_expected_to_bring_what_its_days_would(store):
    table = workflows.control_charts(store, LOCAL_ANALYST, wanted(store)).table
    scattered = table[table["type"] == "Fly-tipping"].set_index("month")
    # One report each month of the year before: 12 in 365 days.
    for month, days in (("2026-01", 31), ("2026-02", 28), ("2026-04", 30)):
        assert scattered.loc[month, "mean"] == pytest.approx(12 * days / 365)


def test_a_chart_begins_anew_where_a_rule_changed(store):
    before = workflows.control_charts(store, LOCAL_ANALYST, wanted(store)).table
    entry = Break(date(2025, 6, 1), "recording-rule change", "", (), "")
    saved = workflows.add_break(store, LOCAL_ANALYST, entry)
    after = workflows.control_charts(store, LOCAL_ANALYST, wanted(store)).table
    workflows.remove_break(store, LOCAL_ANALYST, saved.number)
    june = [one[one["month"] == "2025-06"].iloc[0]["signal"] for one in (before, after)]
    assert june == ["within", "too early to say"]
    year = after[(after["month"] == "2025-07") & (after["type"] == "Graffiti")]
    assert year["change"].isna().all()


def test_small_rises_are_told_once():
    seen = {month: 10 if at < 12 else 13 for at, month in enumerate(MONTHS)}
    sums, alarms = charts._small_rises(seen)
    assert len(alarms) == 1
    assert list(sums) == MONTHS[12:]
    assert charts._small_rises(dict.fromkeys(MONTHS, 4)) == ({}, set())
    # A count that follows the days of the month never rises.
    level = {month: 10 * pd.Period(month, freq="M").days_in_month for month in MONTHS}
    assert max(charts._small_rises(level)[0].values()) == 0


def test_a_leap_february_of_one_day_more_is_no_rise():
    measured = charts._measured(["2023-02", "2024-02"], [28_000, 29_000], ())
    assert [(before, word) for *_, before, word in measured] == [(None, None), (28_000, "steady")]


def test_harm_ranks_by_the_partnership_s_weights(store, tmp_path):
    table = tmp_path / "ours.toml"
    table.write_text(
        'name = "ours"\nversion = "1"\nunit = "days"\nsource = "us"\n[weights]\ngraffiti = 2\n',
        encoding="utf-8",
    )
    settings = Settings(harm_weights=table)
    asked = wanted(store, since="2026-04-01", until="2026-05-01")
    file = workflows.export_hotspots(
        store, LOCAL_ANALYST, asked, FIVE, settings, file_format="json", made=date(2026, 5, 1)
    )
    assert '"harm_rank": 1' in file.content.decode()
    view = workflows.hub_view(store, LOCAL_ANALYST, asked, FIVE, settings)
    why = dict(view.hotspots[0].why)
    assert why["Rank by harm"] == "1 of 1, by count 1: 28 days"
    assert "not signed off" in why["Harm weights"]
    plain = workflows.hub_view(store, LOCAL_ANALYST, asked, FIVE, Settings())
    assert "Rank by harm" not in dict(plain.hotspots[0].why)


def test_an_empty_store_has_no_history(tmp_path):
    url = f"sqlite:///{(tmp_path / 'aim.db').as_posix()}"
    workflows.make_store(LOCAL_ANALYST, url)
    opened = open_store(url)
    settings, asked = Settings(), wanted(opened)
    view = workflows.history_view(opened, LOCAL_ANALYST, asked, FIVE, settings)
    assert (view.rows, view.warnings) == (
        (),
        ("The store holds no complete month for these choices.",),
    )
    drawn = workflows.charts_view(opened, LOCAL_ANALYST, asked, settings)
    assert (drawn.chart, drawn.signals, drawn.newest) == (None, (), "")
    assert "No month left the range" in workflows.control_text(
        workflows.control_charts(opened, LOCAL_ANALYST, asked), asked
    )
    opened.close()
