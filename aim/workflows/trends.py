"""Counts over time and by ward, type or source: as reported, empty months shown as nought."""

from typing import Literal

import pandas as pd

from aim.access import reach_of, require
from aim.errors import ParameterError
from aim.model.filters import IncidentFilter
from aim.model.people import Action, Actor, Reach
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.workflows.counting import count_by

By = Literal["month", "ward", "type", "source"]
GROUPS: dict[str, tuple[str, ...]] = {
    "month": ("month",),
    "ward": ("ward_code",),
    "type": ("incident_type",),
    "source": ("source",),
}


def trend_table(
    store: Store, actor: Actor, wanted: IncidentFilter, *, by: str = "month"
) -> pd.DataFrame:
    """Count the incidents a filter chooses, by month, ward, type or source.

    Parameters
    ----------
    by
        ``month``, ``ward``, ``type`` or ``source``.

    Returns
    -------
    pandas.DataFrame
        One row a group: for months ``month`` and ``incidents``, oldest first, with months of none
        between the first and the last; else code, name and ``incidents``, most first.

    Raises
    ------
    ParameterError
        ``by`` is none of the four.
    """
    require(actor, Action.VIEW)
    if by not in GROUPS:
        raise ParameterError(f"`by` takes {', '.join(GROUPS)}; found {by!r}.")
    reach = reach_of(actor)
    counts = count_by(store, reach, wanted, by=GROUPS[by])
    if by == "month":
        return full_months(counts, wanted)
    named = _named(store, reach, wanted, counts, GROUPS[by][0])
    return named.sort_values(
        ["incidents", named.columns[0]], ascending=[False, True], kind="stable"
    ).reset_index(drop=True)


def full_months(counts: pd.DataFrame, wanted: IncidentFilter) -> pd.DataFrame:
    """Return month counts with every month of the period, those of none as nought.

    Examples
    --------
    >>> counts = pd.DataFrame({"month": ["2026-01", "2026-03"], "incidents": [4, 2]})
    >>> full_months(counts, IncidentFilter()).incidents.tolist()
    [4, 0, 2]
    """
    known = counts.set_index("month")["incidents"] if len(counts) else pd.Series(dtype="int64")
    first = f"{wanted.since:%Y-%m}" if wanted.since else min(known.index, default=None)
    last = max(known.index, default=None)
    if wanted.until:
        last = str(pd.Period(wanted.until, "D").asfreq("M") - (1 if wanted.until.day == 1 else 0))
    if first is None or last is None or last < first:
        return pd.DataFrame(
            {"month": pd.Series(dtype="str"), "incidents": pd.Series(dtype="int64")}
        )
    months = [str(month) for month in pd.period_range(first, last, freq="M")]
    incidents = known.reindex(months, fill_value=0).astype("int64").tolist()
    return pd.DataFrame({"month": months, "incidents": incidents})


def _named(
    store: Store, reach: Reach, wanted: IncidentFilter, counts: pd.DataFrame, group: str
) -> pd.DataFrame:
    if group == "ward_code":
        wards = store.wards(reach, ward_set=wanted.ward_set)
        names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
        found = counts["ward_code"].map(names).fillna("outside every ward")
        return pd.DataFrame(
            {
                "ward_code": counts["ward_code"].fillna(""),
                "ward": found,
                "incidents": counts["incidents"],
            }
        )
    if group == "incident_type":
        names = {slug: read_taxonomy().name(slug) for slug in counts["incident_type"].unique()}
        return pd.DataFrame(
            {
                "incident_type": counts["incident_type"],
                "type": counts["incident_type"].map(names),
                "incidents": counts["incidents"],
            }
        )
    return counts[[group, "incidents"]]
