"""A year of public files judged month by month: the figures of docs/evaluation.md."""

import pandas as pd
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.store import open_store
from aim.workflows import EvaluationQuestion
from aim.workflows.evaluation import evaluate, month_table

pytestmark = [pytest.mark.real_data, pytest.mark.slow]
NEWCASTLE = "-1.65,54.9565,-1.5719,55.0014"


@pytest.fixture(scope="module")
def store(real_data, tmp_path_factory):
    url = f"sqlite:///{(tmp_path_factory.mktemp('northumbria') / 'aim.db').as_posix()}"
    workflows.make_store(LOCAL_ANALYST, url)
    opened = open_store(url)
    for path in sorted((real_data / "police" / "northumbria").glob("*-street.csv.gz")):
        rows = pd.read_csv(path, dtype="str")
        # The rest of the force area would take half a minute to load and no part.
        near = rows["Longitude"].astype("float64").between(-1.66, -1.56)
        near &= rows["Latitude"].astype("float64").between(54.95, 55.01)
        clipped = tmp_path_factory.getbasetemp() / path.name.removesuffix(".gz")
        rows[near].to_csv(clipped, index=False)
        workflows.ingest_feed(opened, LOCAL_ANALYST, feed="police-uk", path=clipped)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def box(store):
    return workflows.read_words(store, LOCAL_ANALYST, {"area": NEWCASTLE})


@pytest.fixture(scope="module")
def page(checkout):
    return (checkout / "docs" / "evaluation.md").read_text(encoding="utf-8")


def test_hotspots_score_at_least_as_much_as_plain_counts_in_most_months(store, box, page):
    judged = evaluate(store, LOCAL_ANALYST, box)
    summary = judged.evaluation.summary.set_index("method")
    assert summary["months"].tolist() == [6, 6, 6]
    assert summary.loc["grid", "dbscan_at_least"] == 4
    assert summary.loc["kde", "dbscan_at_least"] == 6
    for row in month_table(judged).to_dict("records"):
        cells = [row[name] for name in ("hotspots", "plain grid", "density map")]
        shown = [f"**{one}**" if float(one) == max(map(float, cells)) else one for one in cells]
        line = f"| {row['month']} | {row['incidents']:,} | {row['ground'][:-1]} % |"
        assert f"{line} {' | '.join(shown)} |" in page
    assert any("July 2020" in one for one in judged.warnings)


def test_sizes_chosen_on_training_months_make_it_a_draw(store, box):
    judged = evaluate(store, LOCAL_ANALYST, box, EvaluationQuestion(choose=True))
    assert judged.scales is not None
    assert judged.scales.eps_m == 75
    assert round(judged.scales.cell_m) == 266
    summary = judged.evaluation.summary.set_index("method")
    assert summary.loc["grid", "dbscan_at_least"] == 3
    assert summary["pai"].round(2).tolist()[:2] == [6.6, 6.45]


def test_small_cells_lead_by_an_artefact_alone(store, box):
    judged = evaluate(store, LOCAL_ANALYST, box, EvaluationQuestion(cell_m=100))
    grid = judged.evaluation.summary.set_index("method").loc["grid"]
    assert (grid["dbscan_at_least"], grid["dbscan_at_least_spread"]) == (0, 6)


def test_concentration_is_that_of_the_page(store, box, page):
    found = evaluate(store, LOCAL_ANALYST, box).concentration
    told = f"Half of the {found.incidents:,.0f} incidents lie in {found.half * 100:.1f} % of"
    assert f"{told} {found.places} cells of 266 m, a quarter in {found.quarter * 100:.1f} %" in page
