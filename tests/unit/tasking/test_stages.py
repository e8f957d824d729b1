"""The table of stages decides alone: nothing outside it passes."""

import pytest

from aim.errors import ActionStateError
from aim.model.actions import Stage
from aim.model.people import Role
from aim.tasking import check_move, moves_open_to, read_stages

WORDS = {*Role, "owner", "chair"}


def test_every_stage_has_its_row():
    assert set(read_stages()) == set(Stage)


def test_the_table_names_nobody_the_policy_does_not_know():
    named = {
        who for moves in read_stages().values() for allowed in moves.values() for who in allowed
    }
    assert named <= WORDS


def test_nothing_follows_a_review_and_only_a_draft_what_was_dropped():
    assert not read_stages()[Stage.REVIEWED]
    assert set(read_stages()[Stage.DROPPED]) == {Stage.DRAFT}


def test_a_move_outside_the_table_says_what_may_follow():
    with pytest.raises(ActionStateError, match="after draft comes agreed or dropped"):
        check_move(Stage.DRAFT, Stage.DONE, WORDS, words="all of it")


def test_a_move_for_others_says_whom_to_ask():
    with pytest.raises(ActionStateError, match=r"that is for coordinator\. Ask them"):
        check_move(Stage.DRAFT, Stage.AGREED, {"analyst", "owner"})


@pytest.mark.parametrize(
    ("stage", "to", "asked"),
    [(Stage.DRAFT, Stage.DROPPED, "say why"), (Stage.DONE, Stage.REVIEWED, "say what the review")],
)
def test_some_moves_want_words(stage, to, asked):
    with pytest.raises(ActionStateError, match=asked):
        check_move(stage, to, {"coordinator"}, words="  ")
    check_move(stage, to, {"coordinator"}, words="It rained.")


def test_the_owner_starts_and_ends_the_work_and_agrees_nothing():
    assert moves_open_to(Stage.DRAFT, {"officer", "owner"}) == (Stage.DROPPED,)
    assert moves_open_to(Stage.UNDER_WAY, {"officer", "owner"}) == (Stage.DONE,)
    assert moves_open_to(Stage.UNDER_WAY, {"officer"}) == ()
