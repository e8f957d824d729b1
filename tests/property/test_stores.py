"""Promises of the store for all inputs: nothing is lost, and order does not matter."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aim.store import open_store
from aim.store.contents import prepare
from aim.store.manifests import WHATEVER, Manifest, Pairs, sorted_pairs, standing_of
from aim.store.tables import RowState
from aim.testing.stores import deliver, everything_in, invented_incidents, same_frames

IDS = [bytes([number]) * 15 + b"\0" for number in range(6)]
contents = st.dictionaries(st.integers(0, 5), st.integers(1, 3))
withdrawals = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 3)))
said = st.lists(st.tuples(contents, withdrawals), max_size=6)


def manifest_of(number, kept, withdrawn) -> Manifest:
    withdrawn = sorted((one, content) for one, content in withdrawn if one not in kept)
    return Manifest(
        number,
        pairs_of(sorted(kept.items())),
        sorted_pairs(*vars(as_arrays(withdrawn)).values()),
    )


def as_arrays(pairs) -> SimpleNamespace:
    return SimpleNamespace(
        ids=np.array([IDS[one] for one, _ in pairs], "S16"),
        hashes=np.array([content for _, content in pairs], np.int64),
    )


def pairs_of(pairs) -> Pairs:
    return Pairs(*vars(as_arrays(pairs)).values())


def slowly(deliveries) -> list[tuple[int, int, int]]:
    """Return state, content and delivery of each row, one delivery after the other."""
    held = dict.fromkeys(range(6), (RowState.UNDONE, 0, 0))
    for number, (kept, withdrawn) in deliveries:
        for one, (state, content, _) in held.items():
            gone = {(one, content), (one, WHATEVER)} & withdrawn and one not in kept
            if state == RowState.CURRENT and gone:
                held[one] = (RowState.WITHDRAWN, content, number)
        for one, content in kept.items():
            if held[one][:2] != (RowState.CURRENT, content):
                held[one] = (RowState.CURRENT, content, number)
    return list(held.values())


@given(said, st.sets(st.integers(1, 6)))
def test_what_deliveries_say_together_is_what_they_say_one_by_one(deliveries, undone):
    current = [
        (number, one) for number, one in enumerate(deliveries, start=1) if number not in undone
    ]
    found = standing_of(np.array(IDS, "S16"), [manifest_of(n, *one) for n, one in current])
    rows = zip(found.state.tolist(), found.hashes.tolist(), found.batch.tolist(), strict=True)
    assert list(rows) == slowly(current)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 30), max_size=25), st.integers(0, 99))
def test_every_row_of_a_delivery_is_ready_to_be_written_or_superseded(numbers, seed):
    rows = invented_incidents(np.random.default_rng(seed), numbers)
    ready = prepare(rows)
    superseded = 0 if ready.superseded is None else len(ready.superseded)
    assert len(ready) == len(set(numbers))
    assert len(ready) + superseded == len(numbers)
    assert ready.ids.tolist() == sorted(ready.ids.tolist())


@settings(max_examples=12)
@given(st.integers(0, 99))
def test_row_order_does_not_change_a_content(seed):
    rng = np.random.default_rng(seed)
    rows = invented_incidents(rng, range(12))
    shuffled = rows.sample(frac=1, random_state=seed)
    assert prepare(rows).hashes.tolist() == prepare(shuffled).hashes.tolist()


@pytest.mark.parametrize("as_type", ["python", "object"])
def test_however_texts_are_held_a_content_is_the_same(as_type):
    rows = invented_incidents(np.random.default_rng(1), range(30))
    kind = object if as_type == "object" else pd.StringDtype("python", na_value=np.nan)
    other = rows.astype({"location_text": kind, "description": kind, "source": kind})
    assert prepare(rows).hashes.tolist() == prepare(other).hashes.tolist()


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sets(st.integers(0, 15)), min_size=1, max_size=5), st.randoms())
def test_deliveries_in_parts_and_any_order_end_as_one(store_maker, parts, random):
    rows = invented_incidents(np.random.default_rng(3), range(16))
    whole, piecewise = store_maker(), store_maker()
    shuffled = random.sample(parts, len(parts))
    for part in shuffled:
        deliver(piecewise, rows.iloc[sorted(part)])
    deliver(whole, rows.iloc[sorted(set().union(*parts))])
    same_frames(
        everything_in(piecewise).drop(columns="batch_id"),
        everything_in(whole).drop(columns="batch_id"),
    )


@pytest.fixture
def store_maker(tmp_path):
    opened = []

    def make():
        opened.append(open_store(f"sqlite:///{tmp_path}/{len(opened)}.db", create=True))
        return opened[-1]

    yield make
    for store in opened:
        store.close()
