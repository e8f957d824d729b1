"""Outcomes of crimes stay when a street file is loaded again without its outcomes file."""

import pandas as pd

from aim.feeds import OUTCOMES_WORD, keep_outcomes
from aim.model.filters import CountLinked, IncidentFilter
from aim.model.incidents import FeedResult
from aim.model.people import EVERYTHING
from aim.model.times import LONDON
from aim.store import Store

_FEED = "police-uk"
_COLUMNS = ("incident_id", "description")


def keep_told_outcomes(store: Store, feed: str, result: FeedResult) -> FeedResult:
    """Give the crimes of a delivery without outcomes those that earlier deliveries told.

    Parameters
    ----------
    feed
        The reader's name; only `police-uk` has outcomes that come in a file of their own.
    result
        What was read.

    Returns
    -------
    FeedResult
        The same where no delivery ever brought an outcome: the store is not read then. Taking the
        earlier delivery back afterwards leaves the outcomes with the later one.
    """
    if feed != _FEED or result.incidents.empty:
        return result
    brought = any(
        one.feed == _FEED and any(note.startswith(OUTCOMES_WORD) for note in one.notes)
        for one in store.batches(EVERYTHING)
    )
    return keep_outcomes(result, _held(store, result.incidents)) if brought else result


def _held(store: Store, incidents: pd.DataFrame) -> pd.DataFrame:
    """Read what is kept of the sources and months of a delivery, held editions too."""
    wanted = IncidentFilter(
        sources=tuple(sorted(set(incidents["source"]))),
        since=incidents["occurred_from"].min().tz_convert(LONDON).date(),
        until=incidents["occurred_to"].max().tz_convert(LONDON).date(),
        include_outside=True,
        count_linked=CountLinked.AS_REPORTED,
    )
    frames = [read(wanted, EVERYTHING, columns=_COLUMNS) for read in (store.incidents, store.held)]
    return pd.concat([frame[list(_COLUMNS)] for frame in frames], ignore_index=True)
