"""Hotspots judged by the months after, from the store to the words."""

import json
from datetime import date

import pandas as pd
import pytest

from aim import workflows
from aim.analysis.evaluation import matching_cell
from aim.errors import NotAllowedError, NotFoundError, ParameterError
from aim.model.crs import to_degrees
from aim.model.hotspots import HotspotParameters
from aim.model.people import EVERYTHING, Actor, Role
from aim.workflows import EvaluationQuestion
from aim.workflows.evaluation import evaluate, method_table, month_table

# Around both corners of the small borough, some kilometres wide.
LON, LAT = to_degrees([479_000, 483_000], [529_000, 532_000])
AROUND = f"{LON[0]:.5f},{LAT[0]:.5f},{LON[1]:.5f},{LAT[1]:.5f}"
FEW = HotspotParameters(min_samples=5)


def wanted(hub, **words):
    return workflows.read_words(hub.store, hub.actor, words)


def judge(hub, words=None, **asked):
    question = EvaluationQuestion(**{"parameters": FEW, "train": 3, "area_share": 0.05} | asked)
    return evaluate(
        hub.store,
        hub.actor,
        wanted(hub, **({"area": AROUND} if words is None else words)),
        question,
    )


def test_each_month_after_the_training_ones_is_judged_once(silent_hub):
    scores = judge(silent_hub).evaluation.scores
    months = ["2026-04", "2026-05", "2026-06", "2026-07"]
    assert scores["month"].drop_duplicates().tolist() == months
    assert scores["method"].drop_duplicates().tolist() == ["dbscan", "grid", "kde"]
    own = scores[scores["method"] == "dbscan"]
    assert own["incidents"].tolist() == [2, 86, 80, 82]
    assert own["hits"].tolist() == own["incidents"].tolist()


def test_the_period_asked_for_bounds_the_months(silent_hub):
    words = {"area": AROUND, "since": "2026-02-02", "until": "2026-06-15"}
    found = judge(silent_hub, words, train=1).evaluation
    assert found.parameters["months"] == ("2026-03", "2026-04", "2026-05")


def test_what_stands_in_the_way_is_said(silent_hub):
    told = judge(silent_hub).warnings
    assert any("April 2026" in one for one in told)
    assert any(one.startswith("100% of the positions are snapped") for one in told)


def test_a_lead_that_a_coin_would_give_is_called_luck(silent_hub):
    judged = judge(silent_hub)
    scores = judged.evaluation.scores.set_index(["method", "month"])["pai"]
    ahead = int((scores["dbscan"] > scores["grid"]).sum())
    behind = int((scores["dbscan"] < scores["grid"]).sum())
    told = f"Hotspots were ahead of the plain grid in {ahead} months and behind in {behind}: that"
    assert any(one.startswith(told) for one in judged.warnings) == (ahead + behind > 0)


def test_wards_are_the_ground_where_no_area_is_named(filled_hub):
    whole = judge(filled_hub, {}, train=1).evaluation
    assert whole.parameters["area_m2"] == pytest.approx(2e6, rel=1e-4)
    abbey = judge(filled_hub, {"ward": "Abbey"}, train=1, area_share=0.2).evaluation
    assert abbey.parameters["area_m2"] == pytest.approx(1e6, rel=1e-4)
    assert abbey.scores["incidents"].unique().tolist() == [12]
    area = judge(filled_hub, {"area": AROUND}, train=1).evaluation
    assert area.parameters["area_m2"] == pytest.approx(2e6, rel=1e-4)


def test_outside_the_wards_there_is_ground_where_asked(filled_hub):
    words = {"area": AROUND, "include-outside": "yes"}
    found = judge(filled_hub, words, train=1).evaluation
    assert found.parameters["area_m2"] > 11e6


def test_nothing_to_judge_by_is_said(filled_hub, silent_hub, empty_hub):
    with pytest.raises(ParameterError, match="holds 2 whole months"):
        judge(filled_hub, {}, train=2)
    with pytest.raises(ParameterError, match="load wards"):
        judge(silent_hub, {})
    with pytest.raises(ParameterError, match="no source is loaded"):
        judge(empty_hub)
    with pytest.raises(ParameterError, match="shares no ground"):
        judge(filled_hub, {"area": "0,50,1,51"}, train=1)
    with pytest.raises(NotFoundError):
        judge(silent_hub, {"area": "no-such-set:E1"})


def test_sizes_are_chosen_on_training_months_or_given_never_both(silent_hub):
    judged = judge(silent_hub, choose=True)
    scales = judged.scales
    assert scales is not None
    assert scales.parameters["months"] == ("2026-01", "2026-02", "2026-03")
    assert judged.evaluation.parameters["eps_m"] == scales.eps_m
    assert judged.evaluation.parameters["cell_m"] == scales.cell_m
    with pytest.raises(ParameterError, match="`choose`"):
        EvaluationQuestion(choose=True, cell_m=100)
    assert judge(silent_hub).scales is None


def test_reports_are_for_who_may_see_them(silent_hub):
    councillor = Actor("c1", "council", frozenset({Role.COUNCILLOR}))
    with pytest.raises(NotAllowedError):
        evaluate(silent_hub.store, councillor, wanted(silent_hub, area=AROUND))
    warden = Actor("w1", "wardens", frozenset({Role.OFFICER}))
    with pytest.raises(ParameterError, match="no source is loaded"):
        evaluate(silent_hub.store, warden, wanted(silent_hub, area=AROUND))


def test_concentration_is_measured_over_the_cells(silent_hub):
    judged = judge(silent_hub)
    assert judged.evaluation.parameters["cell_m"] == matching_cell(150)
    found = judged.concentration
    assert found.incidents == judged.facts["incidents"] == 496
    # Each corner fills a cell or two of some two hundred.
    assert found.half < 0.02
    assert judged.curve["incidents_share"].iloc[-1] == 1


def test_the_tables_say_who_was_best(silent_hub):
    judged = judge(silent_hub)
    months, methods = month_table(judged), method_table(judged)
    assert months.columns.tolist() == [
        "month", "incidents", "ground", "hotspots", "plain grid", "density map", "best",
    ]  # fmt: skip
    for row in months.to_dict("records"):
        highest = max(float(row[name]) for name in ("hotspots", "plain grid", "density map"))
        assert all(float(row[name]) == highest for name in row["best"].split(", "))
    assert methods["hotspots_at_least"].tolist()[0] == ""
    assert methods["hotspots_at_least"].str.endswith(" of 4").tolist() == [False, True, True]


def test_the_text_begins_with_what_was_asked(silent_hub):
    judged = judge(silent_hub, choose=True)
    text = workflows.evaluation_text(judged, wanted(silent_hub, area=AROUND))
    lines = text.splitlines()
    assert lines[0].startswith("All types, all wards, all dates, area ")
    assert lines[1].startswith(f"Parameters: eps {judged.evaluation.parameters['eps_m']:g} m")
    assert "3 make a map, the next judges it, on by 1. Nothing is random." in lines[2]
    assert "Chosen on the training months alone" in text
    assert "Half of 496 incidents lie in" in text
    assert text.endswith(f"generalised Gini {judged.concentration.generalised_gini:.2f}.\n")


def test_a_file_carries_scores_summary_and_curve_and_is_on_record(silent_hub):
    file = workflows.export_evaluation(
        silent_hub.store,
        silent_hub.actor,
        wanted(silent_hub, area=AROUND),
        EvaluationQuestion(FEW, 3, area_share=0.05, choose=True),
        silent_hub.settings,
        file_format="json",
        made=date(2026, 11, 2),
    )
    told = json.loads(file.content)
    assert len(told["scores"]) == 12
    text = json.dumps(told)
    for word in ("generalised_gini", "incidents_share", "data_version", "tried", "pai_spread"):
        assert f'"{word}"' in text
    last = silent_hub.store.audit(EVERYTHING).iloc[-1]
    assert '"list":"evaluation"' in last["detail"]


def test_a_long_curve_is_thinned_and_keeps_its_ends():
    from aim.workflows.evaluation import _thinned  # noqa: PLC0415 - tested alone

    curve = pd.DataFrame({"places": range(1001)})
    thinned = _thinned(curve)
    assert len(thinned) <= 102
    assert thinned["places"].iloc[[0, -1]].tolist() == [0, 1000]
    assert len(_thinned(curve.head(7))) == 7
