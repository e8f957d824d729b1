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
ANALYSES: tuple[Analysis, ...] = (
    Analysis(
        "/analysis/history",
        "History of places",
        "Which places are new, which last, which are growing and which are over.",
    ),
    Analysis(
        "/analysis/charts",
        "Out of the ordinary",
        "Which months, wards and types left the range in which chance alone keeps them.",
    ),
    Analysis(
        "/analysis/times",
        "Hours and days",
        "When in the week things happen, and which hours stand out.",
    ),
    Analysis(
        "/analysis/cells",
        "Map of cells",
        "Which small areas are busier than chance, which are new or fading, where incidents are"
        " dense.",
    ),
    Analysis(
        "/analysis/bursts",
        "Bursts",
        "Where incidents came close together in time too.",
    ),
    Analysis(
        "/analysis/repeats",
        "Repeats",
        "Whether one incident is followed by others, where that may happen next, and addresses"
        " that suffer again.",
    ),
    Analysis(
        "/analysis/case-review",
        "Early signs for case review",
        "Places where a case review of anti-social behaviour may be asked for; each look is"
        " recorded.",
        Action.REVIEW_CASES,
    ),
    Analysis(
        "/analysis/areas",
        "Areas side by side",
        "Rates, areas by year, vulnerable localities and the places with the most incidents.",
    ),
    Analysis(
        "/analysis/sources",
        "Sources side by side",
        "Which places only one source sees, and where the sources agree.",
    ),
    Analysis(
        "/analysis/settings",
        "Settings",
        "Which distance and which number of incidents suit the reports chosen.",
        Action.SAVE_RUN,
    ),
    Analysis(
        "/analysis/evaluation",
        "Do hotspots foretell?",
        "Hotspots of past months, judged by what the next month brought.",
        Action.SAVE_RUN,
    ),
    Analysis(
        "/analysis/effect",
        "Did it work?",
        "A place before and after something was done, beside a place like it.",
    ),
)


def analyses_for(actor: Actor) -> list[Analysis]:
    """Return the pages of analysis an actor may open, in order.

    Examples
    --------
    >>> analyses_for(Actor("stranger", "none"))
    []
    """
    return [page for page in ANALYSES if is_allowed(actor, page.action)]
