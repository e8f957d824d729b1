"""The lasting identity of hotspots: which of today's is which of the run before."""

import pandas as pd

# Methods in the field call two hotspots one from this overlap on.
SAME_HOTSPOT = 0.3


def match_hotspots(members: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series:
    """Match hotspots to those of an earlier run by the incidents they share.

    Parameters
    ----------
    members
        ``incident_id`` and ``rank``, one row for each incident in a hotspot.
    earlier
        ``incident_id`` and ``hotspot_id``, the same of the earlier run.

    Returns
    -------
    pandas.Series
        ``hotspot_id`` by ``rank``, in the order of ranks; missing for a new hotspot. Two are the
        same where the incidents they share are at least 0.3 of those in either (Jaccard); the
        best match is settled first, and each is used once. Empty in, empty out.

    Examples
    --------
    >>> now = pd.DataFrame({"incident_id": list("abcxy"), "rank": [1, 1, 1, 2, 2]})
    >>> before = pd.DataFrame({"incident_id": list("bcd"), "hotspot_id": "h7"})
    >>> match_hotspots(now, before).dropna().to_dict()
    {1: 'h7'}
    """
    ranks = sorted(members["rank"].unique())
    found: dict[int, str] = {}
    best_first = _overlaps(members, earlier)
    for rank, hotspot_id in zip(best_first["rank"], best_first["hotspot_id"], strict=True):
        if rank not in found and hotspot_id not in found.values():
            found[rank] = hotspot_id
    index = pd.Index(ranks, dtype="int64", name="rank")
    return pd.Series(found, dtype="str", name="hotspot_id").reindex(index)


def _overlaps(members: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that may be the same, best first; ties by rank, then by identity."""
    now = members[["incident_id", "rank"]].drop_duplicates()
    then = earlier[["incident_id", "hotspot_id"]].drop_duplicates()
    shared = now.merge(then, on="incident_id").groupby(["rank", "hotspot_id"]).size()
    pairs = shared.rename("shared").reset_index()
    size_now = pairs["rank"].map(now["rank"].value_counts())
    size_then = pairs["hotspot_id"].map(then["hotspot_id"].value_counts())
    pairs["overlap"] = pairs["shared"] / (size_now + size_then - pairs["shared"])
    return pairs[pairs["overlap"] >= SAME_HOTSPOT].sort_values(
        ["overlap", "rank", "hotspot_id"], ascending=[False, True, True]
    )
