"""Random moves by random people: what the table does not have never happens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aim.errors import ActionStateError
from aim.model.actions import Stage
from aim.model.equipment import Unit, UnitState
from aim.model.people import Role
from aim.tasking import (
    check_move,
    check_unit_move,
    moves_open_to,
    read_office_table,
    read_stages,
    unit_moves,
)

PEOPLE = st.sets(st.sampled_from([*map(str, Role), "owner", "chair"]), max_size=3)


@given(
    st.lists(st.tuples(st.sampled_from(Stage), PEOPLE, st.sampled_from(["", "so"])), max_size=12)
)
def test_a_walk_of_moves_never_leaves_the_table(moves):
    at = Stage.DRAFT
    for to, who, words in moves:
        allowed = read_stages()[at].get(to, frozenset()) & who
        wordless = to in {Stage.DROPPED, Stage.REVIEWED} and not words
        if allowed and not wordless:
            check_move(at, to, who, words=words)
            assert to in moves_open_to(at, who)
            at = to
        else:
            with pytest.raises(ActionStateError):
                check_move(at, to, who, words=words)
            assert allowed or to not in moves_open_to(at, who)


@given(
    st.lists(
        st.tuples(st.sampled_from(UnitState), PEOPLE, st.sampled_from(["", "so"])), max_size=12
    )
)
def test_a_unit_never_goes_where_the_table_does_not_send_it(moves):
    table, at = read_office_table(), UnitState.AVAILABLE
    for to, who, words in moves:
        unit = Unit("sign", "S-1", at, deployment="d1" if at is UnitState.DEPLOYED else "")
        allowed = table.moves[at].get(to, frozenset()) & who
        assert bool(allowed) == (to in unit_moves(table, at, who))
        if allowed and (words or to not in {UnitState.IN_REPAIR, UnitState.LOST}):
            check_unit_move(table, unit, to, who, words=words)
            at = to
        else:
            with pytest.raises(ActionStateError):
                check_unit_move(table, unit, to, who, words=words)
