"""Likely reports of one event by several sources: proposed, shown, settled by a person."""

from dataclasses import dataclass

from aim.access import audit_entry, reach_of, require
from aim.errors import NotFoundError
from aim.exports import text_table
from aim.feeds.linking import link_incidents
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING, Action, Actor
from aim.store import Store

ANYWHERE = IncidentFilter(include_outside=True)
STATES = {"confirm": "confirmed", "refuse": "refused", "reopen": "suggested"}
SHOWN = ["incident_a", "incident_b", "score", "state", "certain_time"]


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What a search for repeats found."""

    pairs: int
    certain: int  # both rows have a clock time
    settled: int


def find_links(store: Store, actor: Actor) -> LinkReport:
    """Propose links between reports of different sources; nothing is deleted or counted less.

    What a person settled stays: a refused pair is never proposed again.
    """
    require(actor, Action.LINK)
    wards = store.wards(EVERYTHING)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    incidents = store.incidents(ANYWHERE, EVERYTHING)
    known = store.links(EVERYTHING)
    proposed = link_incidents(incidents, ward_names=names, settled=known)
    with store.transaction() as change:
        change.save_links(proposed)
        change.record(audit_entry(actor, Action.LINK, pairs=len(proposed)))
    return LinkReport(
        pairs=len(proposed),
        certain=int(proposed["certain_time"].astype(bool).sum()),
        settled=int((known["state"] != "suggested").sum()),
    )


def settle_link(store: Store, actor: Actor, one: str, other: str, verdict: str) -> None:
    """Confirm or refuse a proposed link, or reopen one; the answer is remembered.

    Parameters
    ----------
    one, other
        The two incident ids, in either order.
    verdict
        ``confirm``, ``refuse`` or ``reopen``.

    Raises
    ------
    NotFoundError
        The two are not linked.
    """
    require(actor, Action.LINK)
    pair = (min(one, other), max(one, other))
    links = store.links(reach_of(actor))
    if not ((links["incident_a"] == pair[0]) & (links["incident_b"] == pair[1])).any():
        raise NotFoundError(
            f"No link joins {pair[0]} and {pair[1]}; the links are listed by: aim links list."
        )
    with store.transaction() as change:
        change.settle_link(pair, STATES[verdict], actor=actor.id)
        change.record(audit_entry(actor, Action.LINK, pair=pair, state=STATES[verdict]))


def link_text(store: Store, actor: Actor) -> str:
    """Return the links for a terminal, the likeliest first."""
    require(actor, Action.VIEW)
    links = store.links(reach_of(actor))
    if links.empty:
        return "No links; look for some with: aim links find\n"
    ordered = links.sort_values(["score", *SHOWN[:2]], ascending=[False, True, True])
    return text_table(ordered[SHOWN].assign(score=ordered["score"].round(2)))
