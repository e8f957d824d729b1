"""The stages of an action: the table is ``stages.toml``, a file people can review."""

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from aim.errors import ActionStateError
from aim.model.actions import Stage
from aim.model.tasks import word_of

Moves = Mapping[Stage, Mapping[Stage, frozenset[str]]]
# What a move cannot do without, and how that is asked for.
NEEDS_WORDS = {
    Stage.DROPPED: "say why it is dropped",
    Stage.REVIEWED: "say what the review found",
}


@lru_cache(maxsize=1)
def read_stages() -> Moves:
    """Return what may follow each stage, and who may say so.

    Returns
    -------
    mapping
        By stage, the stages that may follow and the words for who may: roles, ``owner``, ``chair``.

    Examples
    --------
    >>> sorted(read_stages()[Stage.DRAFT])
    [<Stage.AGREED: 'agreed'>, <Stage.DROPPED: 'dropped'>]
    """
    text = resources.files("aim.tasking").joinpath("stages.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            word_of(Stage, stage, "stage"): MappingProxyType(
                {word_of(Stage, to, "stage"): frozenset(who) for to, who in moves.items()}
            )
            for stage, moves in tomllib.loads(text).items()
        }
    )


def moves_open_to(stage: Stage, who: Collection[str]) -> tuple[Stage, ...]:
    """Return the stages somebody may move an action to.

    Parameters
    ----------
    stage
        Where it is.
    who
        The person's roles, and ``owner`` or ``chair`` where the action names them so.

    Examples
    --------
    >>> moves_open_to(Stage.AGREED, {"officer", "owner"})
    (<Stage.UNDER_WAY: 'under way'>,)
    """
    return tuple(to for to, allowed in read_stages()[stage].items() if allowed & set(who))


def check_move(stage: Stage, to: Stage, who: Collection[str], *, words: str = "") -> None:
    """Refuse a move the table does not have, or that lacks its words.

    Parameters
    ----------
    stage, to
        From where to where.
    who
        As ``moves_open_to`` takes it.
    words
        Why it is dropped, or what the review found.

    Raises
    ------
    ActionStateError
        The move is not in the table, not for this person, or says too little.

    Examples
    --------
    >>> check_move(Stage.AGREED, Stage.UNDER_WAY, {"owner"})
    """
    asked = f"The action was to go from {stage} to {to}"
    moves = read_stages()[stage]
    if to not in moves:
        after = " or ".join(moves) or "nothing more"
        raise ActionStateError(f"{asked}; after {stage} comes {after}.")
    if not moves[to] & set(who):
        raise ActionStateError(f"{asked}; that is for {' or '.join(sorted(moves[to]))}. Ask them.")
    if to in NEEDS_WORDS and not words.strip():
        raise ActionStateError(f"{asked}; {NEEDS_WORDS[to]}.")
