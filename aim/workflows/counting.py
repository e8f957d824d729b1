"""Incidents as they are counted: several reports of one event count once where that is asked for.

Every number, list, map and file reads its incidents here, so that they agree. A person's word on a
link holds unless the filter says ``as-reported``; ``once`` takes the likely links too.
"""

from typing import Any

import pandas as pd

from aim.feeds.linking import groups_of, mark_repeats
from aim.model.filters import CountLinked, IncidentFilter
from aim.model.people import Reach
from aim.model.times import local_months
from aim.store import Store
from aim.workflows.memory import Memory

_NEEDED = (
    "incident_id",
    "source",
    "incident_type",
    "occurred_from",
    "time_precision",
    "place_precision",
)
_NOTHING = pd.DataFrame({name: pd.Series(dtype="str") for name in (*_NEEDED, "ward_code", "month")})
_EVENTS: Memory[pd.Series] = Memory(8)
_LINKED: Memory[pd.DataFrame] = Memory(64)


def counted_incidents(
    store: Store,
    reach: Reach,
    wanted: IncidentFilter,
    *,
    columns: tuple[str, ...],
    located_only: bool = False,
) -> pd.DataFrame:
    """Return the incidents a filter chooses, one row for each event that counts once.

    Parameters
    ----------
    columns
        As ``Store.incidents`` takes them; ``incident_id`` among them.

    Returns
    -------
    pandas.DataFrame
        As ``Store.incidents`` returns them, less the repeats. Of an event the row with the best
        place stays, so that one with a position stays wherever there is one.
    """
    rows = store.incidents(wanted, reach, columns=columns, located_only=located_only)
    repeats = uncounted(store, reach, wanted)
    if repeats.empty:
        return rows
    return rows[~rows["incident_id"].isin(repeats["incident_id"])].reset_index(drop=True)


def count_by(
    store: Store, reach: Reach, wanted: IncidentFilter, *, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Count the incidents a filter chooses by month, ward, type or source, repeats taken off.

    Returns
    -------
    pandas.DataFrame
        As ``Store.count_incidents``; a group of which nothing is left is absent.
    """
    counts = store.count_incidents(wanted, reach, by=by)
    repeats = uncounted(store, reach, wanted)
    if repeats.empty:
        return counts
    if not by:
        return counts.assign(incidents=counts["incidents"] - len(repeats))
    groups = list(by)
    taken = repeats.groupby(groups, dropna=False).size().rename("repeats").reset_index()
    joined = counts.merge(taken, on=groups, how="left")
    left = joined["incidents"] - joined["repeats"].fillna(0).astype("int64")
    kept = joined.assign(incidents=left).drop(columns="repeats")
    return kept[kept["incidents"] > 0].reset_index(drop=True)


def count_all(store: Store, reach: Reach, wanted: IncidentFilter) -> int:
    """Count the incidents a filter chooses."""
    return int(count_by(store, reach, wanted)["incidents"].sum())


def uncounted(store: Store, reach: Reach, wanted: IncidentFilter) -> pd.DataFrame:
    """Return the reports of a filter that another of the same event stands for.

    Returns
    -------
    pandas.DataFrame
        ``incident_id`` and what counts are grouped by; of an event only the rows of the filter
        matter. Empty where every report counts.
    """
    if wanted.count_linked is CountLinked.AS_REPORTED:
        return _NOTHING
    return _repeats(store, reach, wanted, likely=wanted.count_linked is CountLinked.ONCE)


def count_repeats(store: Store, reach: Reach, wanted: IncidentFilter) -> int:
    """Count the incidents that are counted and likely repeat another of the same filter."""
    every = _repeats(store, reach, wanted, likely=True)
    return len(every) - len(uncounted(store, reach, wanted))


def left_out(store: Store, reach: Reach, wanted: IncidentFilter) -> dict[str, int]:
    """Count what a filter left out, by reason; ``repeats`` are the reports another stands for."""
    return {
        **store.left_out(wanted, reach).as_dict(),
        "repeats": len(uncounted(store, reach, wanted)),
    }


def corroboration(
    store: Store, reach: Reach, wanted: IncidentFilter, members: pd.DataFrame
) -> dict[str, dict[str, Any]]:
    """Say by how many sources the events in each hotspot were reported independently.

    Parameters
    ----------
    members
        ``incident_id`` and ``rank``, as a run holds them.

    Returns
    -------
    dict
        By rank: ``events`` that two sources or more reported, and those ``sources``, sorted. It is
        the same however repeats are counted. Hotspots without such an event are absent.
    """
    events = events_of(store, reach, likely=True)
    if events.empty or members.empty:
        return {}
    rows = linked_rows(store, reach, wanted)
    told = rows.assign(event=rows["incident_id"].map(events)).dropna(subset=["event"])
    inside = members.assign(event=members["incident_id"].map(events)).dropna(subset=["event"])
    reports = inside[["rank", "event"]].drop_duplicates().merge(told, on="event")
    several = reports.groupby(["rank", "event"])["source"].transform("nunique") > 1
    return {
        str(rank): {
            "events": int(own["event"].nunique()),
            "sources": sorted(own["source"].astype(str).unique()),
        }
        for rank, own in reports[several].groupby("rank")
    }


def events_of(store: Store, reach: Reach, *, likely: bool) -> pd.Series:
    """Return the event each linked incident belongs to; see ``aim.feeds.linking.groups_of``.

    Parameters
    ----------
    likely
        Take what nobody has confirmed too, where both reports have a clock time.
    """
    return _EVENTS.recall(store, (reach, likely), lambda: _events(store.links(reach), likely))


def linked_rows(store: Store, reach: Reach, wanted: IncidentFilter) -> pd.DataFrame:
    """Return the incidents of a filter that stand in a link nobody refused."""
    return _LINKED.recall(store, (reach, wanted), lambda: _linked(store, reach, wanted))


def _repeats(store: Store, reach: Reach, wanted: IncidentFilter, *, likely: bool) -> pd.DataFrame:
    events = events_of(store, reach, likely=likely)
    if events.empty:
        return _NOTHING
    rows = linked_rows(store, reach, wanted)
    return rows[mark_repeats(rows, events)]


def _events(links: pd.DataFrame, likely: bool) -> pd.Series:  # noqa: FBT001 - one of two answers
    standing = links[links["state"] != "refused"].reset_index(drop=True)
    return groups_of(standing, standing["state"] == "confirmed", suggested=likely)


def _linked(store: Store, reach: Reach, wanted: IncidentFilter) -> pd.DataFrame:
    rows = store.linked(wanted, reach, columns=_NEEDED)
    return rows.assign(month=local_months(rows["occurred_from"]).astype("str"))
