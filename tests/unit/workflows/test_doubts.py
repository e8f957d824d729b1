from datetime import date

import numpy as np
import pandas as pd

from aim import workflows
from aim.analysis.quality import find_default_points
from aim.model.breaks import Break, BreakKind
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING
from aim.store import open_store
from aim.testing.stores import deliver, invented_incidents
from aim.workflows.doubts import default_points, silences

LOOSE = HotspotParameters(min_samples=3)


def asked(hub, since, until):
    return workflows.read_words(hub.store, hub.actor, {"since": since, "until": until})


def viewed(hub, since, until):
    return workflows.hub_view(hub.store, hub.actor, asked(hub, since, until), LOOSE, hub.settings)


def test_a_comparison_with_a_silent_month_is_in_doubt_and_says_why(silent_hub):
    view = viewed(silent_hub, "2026-05", "2026-06")
    assert any("April 2026" in told and "missing reports" in told for told in view.warnings)
    assert all(row.change_counts.endswith("in doubt") for row in view.hotspots)
    assert view.figures[2].note.endswith("in doubt")


def test_a_comparison_of_whole_months_is_in_no_doubt(silent_hub):
    view = viewed(silent_hub, "2026-07", "2026-08")
    assert view.warnings == tuple(told for told in view.warnings if "missing" not in told)
    assert view.hotspots
    assert not any("doubt" in row.change_counts for row in view.hotspots)


def test_a_silent_month_is_marked_on_the_chart_and_in_its_table(silent_hub):
    chart = viewed(silent_hub, "2026-07", "2026-08").chart
    assert [label for label, _ in chart.marks] == ["A"]
    assert 'class="trend-mark"' in chart.svg
    happened = {row[0]: row[-1] for row in chart.rows}
    assert "April 2026" in happened["April 2026"]
    assert happened["May 2026"] == ""


def test_a_registered_event_is_marked_beside_a_silent_month(silent_hub):
    entry = Break(date(2026, 6, 16), BreakKind.MIGRATION, note="new case system")
    saved = workflows.add_break(silent_hub.store, silent_hub.actor, entry)
    marks = viewed(silent_hub, "2026-07", "2026-08").chart.marks
    workflows.remove_break(silent_hub.store, silent_hub.actor, saved.number)
    assert [label for label, _ in marks] == ["A", "B"]
    assert marks[1][1] == "every source: system migration on 16 June 2026 (new case system)."


def test_lists_and_trends_carry_the_doubt(silent_hub):
    wanted = asked(silent_hub, "2026-05", "2026-06")
    run = workflows.find_hotspots(silent_hub.store, silent_hub.actor, wanted, LOOSE)
    assert "missing reports" in workflows.run_text(run, wanted)
    spring = asked(silent_hub, "2026-03", "2026-06")
    for text in (
        workflows.trend_text(silent_hub.store, silent_hub.actor, spring, by="month"),
        workflows.export_trends(
            silent_hub.store,
            silent_hub.actor,
            spring,
            silent_hub.settings,
            by="month",
            file_format="csv",
            made=date(2026, 8, 1),
        ).content.decode("utf-8-sig"),
    ):
        assert "April 2026" in text


def test_other_sources_and_months_are_in_no_doubt(silent_hub):
    june = asked(silent_hub, "2026-06", "2026-08")
    text = workflows.trend_text(silent_hub.store, silent_hub.actor, june, by="month")
    assert "missing" not in text


def test_a_saved_hotspot_has_a_chart_of_its_own(silent_hub):
    wanted = asked(silent_hub, "2026-07", "2026-08")
    run = workflows.find_hotspots(silent_hub.store, silent_hub.actor, wanted, LOOSE, save=True)
    one = run.hotspots.iloc[0]
    view = workflows.hotspot_view(
        silent_hub.store, silent_hub.actor, one["hotspot_id"], silent_hub.settings
    )
    counts = {row[0]: row[1] for row in view.chart.rows}
    assert counts["July 2026"] == str(one["incidents"])
    assert [label for label, _ in view.chart.marks] == ["A"]


def test_silences_are_found_once_for_the_same_data(silent_hub):
    first = silences(silent_hub.store, EVERYTHING)
    assert silences(silent_hub.store, EVERYTHING) is first
    assert first["month"].tolist() == ["2026-04"]
    assert first["source"].tolist() == ["norbeck-police"]


def test_points_of_no_place_are_those_found_in_all_the_rows(tmp_path):
    rows = invented_incidents(np.random.default_rng(5), range(600))
    here = np.arange(len(rows)) % 8 == 0
    # Half of them a few centimetres off, the same whole metre.
    off = np.where(np.arange(len(rows)) % 16 == 0, 449422.2, 449421.9)
    rows["easting"] = rows["easting"].mask(here, off)
    rows["northing"] = rows["northing"].mask(here, 520834.0)
    rows["location_text"] = rows["location_text"].mask(here, "Police Headquarters")
    store = open_store(f"sqlite:///{tmp_path.as_posix()}/aim.db", create=True)
    deliver(store, rows)
    found = default_points(store, EVERYTHING)
    every = store.incidents(IncidentFilter(include_outside=True), EVERYTHING)
    pd.testing.assert_frame_equal(found, find_default_points(every))
    assert found["place"].tolist() == ["Police Headquarters"]
    assert found["incidents"].tolist() == [75]
    store.close()
