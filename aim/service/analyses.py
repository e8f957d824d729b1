"""The pages under /analysis, as one table: the index lists them in this order."""

from dataclasses import dataclass

from aim.access import is_allowed
from aim.model.people import Action, Actor


@dataclass(frozen=True, slots=True)
class Analysis:
    """One page of analysis: where it is, what it answers, and what one must be allowed to do."""

    address: str
    title: str
    sentence: str
    action: Action = Action.VIEW


# One row a page; the sentence is plain: what a reader will learn there.
ANALYSES: tuple[Analysis, ...] = ()


def analyses_for(actor: Actor) -> list[Analysis]:
    """Return the pages of analysis an actor may open, in order.

    Examples
    --------
    >>> analyses_for(Actor("stranger", "none"))
    []
    """
    return [page for page in ANALYSES if is_allowed(actor, page.action)]
