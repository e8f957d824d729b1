"""Likely reports of one event by several sources: proposed, shown, settled by a person."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aim.access import audit_entry, hide_sensitive_places, reach_of, require
from aim.errors import NotFoundError, ParameterError
from aim.exports import text_table
from aim.feeds.linking import LINK_COLUMNS, NEEDED, PAIR, link_incidents
from aim.feeds.linking_rules import read_link_rules
from aim.model.filters import IncidentFilter
from aim.model.incidents import Sensitivity, TimePrecision
from aim.model.people import EVERYTHING, Action, Actor, Reach
from aim.model.times import LONDON, say_day
from aim.model.types import read_taxonomy
from aim.model.words import say_moment
from aim.store import Store, Transaction
from aim.workflows.views import LinkRow, LinksView, ReportView

ANYWHERE = IncidentFilter(include_outside=True)
STATES = {"confirm": "confirmed", "refuse": "refused", "reopen": "suggested"}
STATE_NAMES = {"suggested": "Waiting", "confirmed": "Confirmed", "refused": "Refused"}
ROWS_A_PAGE = 20
COMPARED = (
    "incident_id",
    "source",
    "incident_type",
    "sensitivity",
    "occurred_from",
    "time_precision",
    "easting",
    "northing",
    "place_precision",
    "location_text",
    "description",
)
# From which share on a part of the score is called so.
ALIKE = ((0.8, "much alike"), (0.5, "somewhat alike"), (0.0, "hardly alike"))
LIKELY = ((0.9, "Very likely"), (0.8, "Likely"), (0.0, "Perhaps"))
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


def propose_links(store: Store, change: Transaction, delivered: pd.DataFrame) -> int:
    """Propose links between a delivery's rows and what lies near them in time.

    Parameters
    ----------
    change
        The transaction that wrote the delivery.
    delivered
        Its rows. Those known only to the month are never linked, so a file of such rows costs
        nothing here.

    Returns
    -------
    int
        How many links that nobody refused touch the delivery.
    """
    timed = delivered[delivered["time_precision"] != TimePrecision.MONTH]
    if timed.empty:
        return 0
    near = store.incidents(_around(timed), EVERYTHING, columns=NEEDED)
    if near["source"].nunique() < 2:  # noqa: PLR2004 - one source never repeats itself
        return 0
    wards = store.wards(EVERYTHING)
    known = store.links(EVERYTHING)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    proposed = link_incidents(near, ward_names=names, settled=known)
    waiting = known[known["state"] == "suggested"]
    far = ~(waiting[list(PAIR)].isin(set(near["incident_id"])).all(axis=1))
    kept = waiting[far].reindex(columns=list(LINK_COLUMNS))
    if _pairs(waiting[~far]) != _pairs(proposed) - _pairs(known[known["state"] != "suggested"]):
        change.save_links(pd.concat([kept, proposed], ignore_index=True) if len(kept) else proposed)
    return int(proposed[list(PAIR)].isin(set(timed["incident_id"])).any(axis=1).sum())


def _around(rows: pd.DataFrame) -> IncidentFilter:
    """Return the filter of everything near some rows in time, as far as a link may reach."""
    furthest = max(rule.apart_minutes for rule in read_link_rules().times)
    margin = pd.Timedelta(minutes=furthest) + pd.Timedelta(days=1)
    first, last = rows["occurred_from"].min() - margin, rows["occurred_to"].max() + margin
    return IncidentFilter(since=first.date(), until=last.date(), include_outside=True)


def _pairs(links: pd.DataFrame) -> set[tuple[str, str]]:
    return {(str(a), str(b)) for a, b in links[list(PAIR)].itertuples(index=False)}


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
    ParameterError
        There is no such verdict.
    """
    require(actor, Action.LINK)
    if verdict not in STATES:
        raise ParameterError(f"A verdict is {', '.join(STATES)}; found {verdict!r}.")
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


def links_view(store: Store, actor: Actor, *, state: str = "suggested", page: int = 1) -> LinksView:
    """Build the page of links: both reports of each pair beside each other, likeliest first.

    Parameters
    ----------
    state
        ``suggested`` (waiting for a person), ``confirmed`` or ``refused``.
    page
        From 1; a page beyond the last is the last.

    Raises
    ------
    ParameterError
        There is no such state.
    """
    require(actor, Action.LINK)
    if state not in STATE_NAMES:
        raise ParameterError(f"`state` takes {', '.join(STATE_NAMES)}; found {state!r}.")
    reach = reach_of(actor)
    links = store.links(reach)
    counts = links["state"].value_counts()
    chosen = links[links["state"] == state].sort_values(
        ["score", *SHOWN[:2]], ascending=[False, True, True]
    )
    shown, page, pages = page_of(chosen, page, ROWS_A_PAGE)
    reports = _reports(store, reach) if len(shown) else {}
    return LinksView(
        state=state,
        states=tuple(
            (one, name, f"{int(counts.get(one, 0)):,}") for one, name in STATE_NAMES.items()
        ),
        rows=tuple(_link_row(one, reports) for one in shown.to_dict("records")),
        page=page,
        pages=pages,
    )


def page_of(rows: pd.DataFrame, page: int, size: int) -> tuple[pd.DataFrame, int, int]:
    """Return the rows of one page, its number and how many pages there are.

    Examples
    --------
    >>> page_of(pd.DataFrame({"row": [1, 2, 3]}), 9, 2)[1:]
    (2, 2)
    """
    pages = max(1, -(-len(rows) // size))
    page = min(max(page, 1), pages)
    return rows.iloc[(page - 1) * size : page * size], page, pages


def _reports(store: Store, reach: Reach) -> dict[str, dict[Any, Any]]:
    """Return the linked incidents by id: no place and no words of a sensitive one."""
    rows = store.linked(ANYWHERE, reach, columns=COMPARED, refused=True)
    rows = hide_sensitive_places(rows)
    hidden = ~rows["sensitivity"].isin([Sensitivity.PUBLIC.value, Sensitivity.ROUTINE.value])
    rows.loc[hidden, "description"] = None
    return dict(zip(rows["incident_id"].astype(str), rows.to_dict("records"), strict=True))


def _link_row(link: dict[Any, Any], reports: dict[str, dict[Any, Any]]) -> LinkRow:
    one, other = (reports[str(link[end])] for end in SHOWN[:2])
    waits = link["state"] == "suggested"
    settled = "" if waits else f"by {link['actor']} on {say_moment(link['settled_at'])}"
    return LinkRow(
        reports=(_report(one), _report(other)),
        likely=_called(float(link["score"]), LIKELY),
        why=_why(link, one, other),
        settled=settled,
    )


def _report(row: dict[Any, Any]) -> ReportView:
    return ReportView(
        incident_id=str(row["incident_id"]),
        source=str(row["source"]),
        kind=read_taxonomy().name(str(row["incident_type"])),
        when=_when(row),
        where=_said(row["location_text"]) or "No place said",
        said=_said(row["description"]),
    )


def _said(text: object) -> str:
    return "" if pd.isna(text) else str(text)  # type: ignore[call-overload]  # a cell


def _when(row: dict[Any, Any]) -> str:
    moment = row["occurred_from"].astimezone(LONDON)
    if row["time_precision"] == TimePrecision.MINUTE:
        return f"{say_day(moment.date())}, {moment:%H:%M}"
    return (
        say_day(moment.date()) if row["time_precision"] == TimePrecision.DAY else f"{moment:%B %Y}"
    )


def _why(
    link: dict[Any, Any], one: dict[Any, Any], other: dict[Any, Any]
) -> tuple[tuple[str, str], ...]:
    """Put the parts of a score in words."""
    kinds = "the same" if one["incident_type"] == other["incident_type"] else "often go together"
    texts = "one of them says nothing" if pd.isna(link["text"]) else _called(link["text"], ALIKE)
    return (
        ("Time", _apart_in_time(one, other)),
        ("Place", _apart_in_place(one, other)),
        ("Kinds", kinds),
        ("Words", texts),
    )


def _apart_in_time(one: dict[Any, Any], other: dict[Any, Any]) -> str:
    if {one["time_precision"], other["time_precision"]} != {TimePrecision.MINUTE}:
        return "no clock time on both sides: it counts once only when confirmed"
    minutes = round(abs((one["occurred_from"] - other["occurred_from"]).total_seconds()) / 60)
    if minutes == 0:
        return "the same minute"
    if minutes == 1:
        return "1 minute apart"
    hours = minutes / 60
    return f"{minutes} minutes apart" if hours < 2 else f"{hours:.0f} hours apart"  # noqa: PLR2004 - shorter gaps are said in minutes


def _apart_in_place(one: dict[Any, Any], other: dict[Any, Any]) -> str:
    metres = math.hypot(one["easting"] - other["easting"], one["northing"] - other["northing"])
    return "one has no position to show" if math.isnan(metres) else f"{metres:,.0f} m apart"


def _called(share: float, names: tuple[tuple[float, str], ...]) -> str:
    return next(name for least, name in names if share >= least)
