"""Promises of linking for all inputs: order changes nothing, and no event has two of a source."""

import numpy as np
import pandas as pd
import pandas.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.feeds.linking import groups_of, link_incidents, mark_repeats
from aim.feeds.linking_rules import read_link_rules
from aim.model.incidents import conform_incidents

START = pd.Timestamp("2026-04-03", tz="UTC")
LONGEST = {"minute": 1, "day": 1_440, "month": 43_200}


@st.composite
def incidents(draw: st.DrawFn) -> pd.DataFrame:
    """Draw crowded incidents: a few streets, a few days, every precision."""
    count = draw(st.integers(0, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    time_precision = rng.choice(["minute", "minute", "day", "month"], count)
    start = START + pd.to_timedelta(rng.integers(0, 2 * 1_440, count), unit="min")
    lasting = pd.to_timedelta([LONGEST[one] for one in time_precision], unit="min")
    place_precision = rng.choice(["address", "point", "street", "none"], count)
    nowhere = place_precision == "none"
    rows = pd.DataFrame(
        {
            "incident_id": rng.permutation(count).astype("str"),
            "source": rng.choice(["police", "wardens", "councillors"], count),
            "incident_type": rng.choice(["youth-nuisance", "anti-social-behaviour"], count),
            "occurred_from": start,
            "occurred_to": start + lasting,
            "time_precision": time_precision,
            "easting": np.where(nowhere, np.nan, rng.normal(450_000, 150, count)),
            "northing": np.where(nowhere, np.nan, rng.normal(520_000, 150, count)),
            "place_precision": place_precision,
            "location_text": rng.choice(["Bow Lane", "Bow Lnae", "Mill Road", ""], count),
            "description": rng.choice(["youths shouting", "glass broken", ""], count),
        }
    )
    return conform_incidents(rows).assign(
        ward_code=pd.Series(rng.choice(["E1", "E2"], count), dtype="str")
    )


@settings(max_examples=20)
@given(table=incidents(), seed=st.integers(0, 2**32 - 1))
def test_row_order_changes_nothing_at_all(table, seed):
    shuffled = table.sample(frac=1, random_state=seed)
    pandas.testing.assert_frame_equal(link_incidents(shuffled), link_incidents(table))


@settings(max_examples=20)
@given(table=incidents())
def test_no_event_holds_two_rows_of_one_source(table):
    links = link_incidents(table)
    events = groups_of(links, pd.Series(data=True, index=links.index))
    told = table.set_index("incident_id").loc[events.index]
    assert not pd.DataFrame({"event": events, "source": told["source"]}).duplicated().any()


@settings(max_examples=20)
@given(table=incidents())
def test_every_link_can_be_defended_by_its_parts(table):
    links, rules = link_incidents(table), read_link_rules()
    parts = links[["time", "distance", "type"]]
    assert ((parts > 0) & (parts <= 1)).all(axis=None)
    assert links["text"].dropna().between(0, 1).all()
    assert links["score"].between(rules.minimum, 1 + 1e-9).all()
    assert (links["incident_a"] < links["incident_b"]).all()


@settings(max_examples=20)
@given(table=incidents())
def test_a_pair_once_refused_never_returns(table):
    links = link_incidents(table)
    again = link_incidents(table, settled=links.assign(state="refused"))
    pair = ["incident_a", "incident_b"]
    assert links[pair].merge(again[pair]).empty


@settings(max_examples=20)
@given(table=incidents())
def test_confirming_everything_proposed_changes_no_link(table):
    links = link_incidents(table)
    again = link_incidents(table, settled=links.assign(state="confirmed"))
    pandas.testing.assert_frame_equal(again, links)


@settings(max_examples=20)
@given(table=incidents())
def test_counting_once_leaves_one_row_for_each_event(table):
    links = link_incidents(table)
    events = groups_of(links, suggested=True)
    stays = table.loc[~mark_repeats(table, events), "incident_id"]
    assert len(stays) == len(table) - len(events) + events.nunique()
    assert stays.isin(events.index).sum() == events.nunique()
