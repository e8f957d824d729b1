"""A year of public files judged month by month: the figures of docs/evaluation.md."""

import pandas as pd
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.hotspots import HotspotParameters
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


def summary_of(judged):
    return judged.evaluation.summary.set_index("method")


def test_hotspots_score_at_least_as_much_as_plain_counts_in_most_months(store, box):
    """At sizes picked after scores had been seen, as the page says."""
    near = EvaluationQuestion(HotspotParameters(eps_m=75), cell_m=250)
    summary = summary_of(evaluate(store, LOCAL_ANALYST, box, near))
    assert summary["months"].tolist() == [6, 6, 6]
    assert summary.loc["grid", "dbscan_at_least"] == 5
    assert summary["pai"].round(2).tolist()[:2] == [6.64, 6.02]


def test_the_defaults_score_what_the_page_says(store, box, page):
    judged = evaluate(store, LOCAL_ANALYST, box)
    for row in month_table(judged).to_dict("records"):
        cells = [row[name] for name in ("hotspots", "plain grid", "density map")]
        shown = [f"**{one}**" if float(one) == max(map(float, cells)) else one for one in cells]
        line = f"| {row['month']} | {row['incidents']:,} | {row['ground'][:-1]} % |"
        assert f"{line} {' | '.join(shown)} |" in page
    assert any("July 2020" in one for one in judged.warnings)


def test_sizes_chosen_on_training_months_lose(store, box):
    judged = evaluate(store, LOCAL_ANALYST, box, EvaluationQuestion(choose=True))
    assert judged.scales is not None
    assert (judged.scales.eps_m, round(judged.scales.cell_m)) == (200, 266)
    assert summary_of(judged).loc["grid", "dbscan_at_least"] == 0


def test_concentration_is_that_of_the_page(store, box, page):
    found = evaluate(store, LOCAL_ANALYST, box).concentration
    told = f"Half of the {found.incidents:,.0f} incidents lie in {found.half * 100:.1f} % of"
    assert f"{told} {found.places} cells of 266 m, a quarter in {found.quarter * 100:.1f} %" in page
