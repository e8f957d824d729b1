"""Links between reports: proposed, settled by people, and shown only whole."""

import numpy as np
import pandas as pd
import pytest

from aim.errors import NotFoundError, ParameterError
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING, Reach
from aim.testing.stores import ALL_OF_IT, deliver, invented_id, invented_incidents, undo

IDS = sorted(invented_id(number) for number in range(50))


def proposed(*pairs: tuple[int, int], score: float = 0.8) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "incident_a": pd.Series([IDS[a] for a, _ in pairs], dtype="str"),
            "incident_b": pd.Series([IDS[b] for _, b in pairs], dtype="str"),
            "score": score,
            "certain_time": True,
            "time": 1.0,
            "text": [None, 0.5][: len(pairs)] if len(pairs) == 2 else 0.5,
        }
    )


def save(store, links: pd.DataFrame) -> None:
    with store.transaction() as change:
        change.save_links(links)


def settle(store, a: int, b: int, state: str) -> None:
    with store.transaction() as change:
        change.settle_link((IDS[a], IDS[b]), state, actor="tester")


def states(store) -> list[tuple[int, int, str]]:
    kept = store.links(EVERYTHING)
    ends = (kept["incident_a"].map(IDS.index), kept["incident_b"].map(IDS.index))
    return list(zip(*(end.tolist() for end in ends), kept["state"].tolist(), strict=True))


def test_links_come_back_with_the_parts_of_their_score(filled):
    save(filled, proposed((1, 2), (3, 4)))
    kept = filled.links(EVERYTHING)
    assert states(filled) == [(1, 2, "suggested"), (3, 4, "suggested")]
    assert (kept["score"].tolist(), kept["certain_time"].tolist()) == ([0.8, 0.8], [True, True])
    assert (kept["time"].tolist(), kept["text"].isna().tolist()) == ([1.0, 1.0], [True, False])
    assert kept[["actor", "settled_at"]].isna().all(axis=None)


def test_what_a_person_settled_outlives_every_new_proposal(filled):
    save(filled, proposed((1, 2), (3, 4)))
    settle(filled, 2, 1, "confirmed")
    save(filled, proposed((1, 2), (5, 6), score=0.9))
    assert states(filled) == [(1, 2, "confirmed"), (5, 6, "suggested")]
    kept = filled.links(EVERYTHING)
    assert (kept["score"].tolist(), kept["actor"][0]) == ([0.9, 0.9], "tester")
    save(filled, proposed())
    assert states(filled) == [(1, 2, "confirmed")]
    settle(filled, 1, 2, "suggested")
    save(filled, proposed())
    assert states(filled) == []


def test_the_linked_incidents_are_those_nobody_refused(filled):
    save(filled, proposed((1, 2), (3, 4)))
    assert sorted(filled.linked(ALL_OF_IT, EVERYTHING)["incident_id"]) == IDS[1:5]
    settle(filled, 3, 4, "refused")
    assert sorted(filled.linked(ALL_OF_IT, EVERYTHING)["incident_id"]) == IDS[1:3]
    assert filled.linked(IncidentFilter(sources=("none",)), EVERYTHING).empty


def test_links_change_no_count(filled):
    before = filled.count_incidents(ALL_OF_IT, EVERYTHING, by=("source",))
    save(filled, proposed((1, 2)))
    settle(filled, 1, 2, "confirmed")
    pd.testing.assert_frame_equal(
        filled.count_incidents(ALL_OF_IT, EVERYTHING, by=("source",)), before
    )


def test_a_link_is_shown_only_where_both_ends_are(store):
    rows = invented_incidents(np.random.default_rng(1), range(50))
    batch = deliver(store, rows)
    save(store, proposed((1, 2), (3, 4)))
    owners = rows.set_index("incident_id")["source"]
    for source in owners.unique():
        both = [pair for pair in ((1, 2), (3, 4)) if {owners[IDS[one]] for one in pair} == {source}]
        shown = store.links(Reach(sources=frozenset({source})))
        assert len(shown) == len(both)
    undo(store, batch.batch_id)
    assert store.links(EVERYTHING).empty


@pytest.mark.parametrize("pair", [(2, 1), (1, 1)])
def test_a_pair_out_of_order_is_refused(filled, pair):
    with pytest.raises(ParameterError, match="lower id first"):
        save(filled, proposed(pair))


def test_only_a_proposed_pair_can_be_settled_and_only_in_known_words(filled):
    save(filled, proposed((1, 2)))
    with pytest.raises(NotFoundError, match="not linked"):
        settle(filled, 1, 3, "confirmed")
    with pytest.raises(ParameterError, match="suggested, confirmed, refused"):
        settle(filled, 1, 2, "perhaps")
    with pytest.raises(ParameterError, match="lacks score"):
        save(filled, proposed((1, 2)).drop(columns="score"))
