"""Which vintage of wards and small areas a source's own codes belong to."""

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from aim.errors import ParameterError
from aim.model.area_codes import LSOA_2021, LSOA_OLDER, AreaKind, read_area_code
from aim.model.times import local_months

COUNTED = ("source", "month", "kind", "code", "rows")
_KEYS = ["source", "month"]


def count_area_codes(
    incidents: pd.DataFrame, codes: pd.Series, wards: Collection[str] = ()
) -> pd.DataFrame:
    """Count the area codes of a delivery by source, month, kind and what is kept of each.

    Parameters
    ----------
    incidents
        ``source`` and ``occurred_from``; months are London months.
    codes
        The sender's own codes, in the order of the incidents; missing where there is none.
    wards
        Codes of the loaded ward sets.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``month`` (``2026-04``), ``kind`` (``lsoa``, ``ward``, ``other``), ``code`` (of
        an LSOA its vintage, of a ward its code, else empty) and ``rows``, sorted by all but the
        last. Rows without a code are not counted. Empty in, empty out.

    Raises
    ------
    ParameterError
        There is not one code an incident.

    Examples
    --------
    >>> incidents = pd.DataFrame({"source": "police",
    ...     "occurred_from": pd.to_datetime(["2026-04-03", "2026-04-04"], utc=True)})
    >>> count_area_codes(incidents, pd.Series(["E01033999", None]))
       source    month  kind  code  rows
    0  police  2026-04  lsoa  2021     1
    """
    if len(codes) != len(incidents):
        raise ParameterError(
            f"{len(codes):,} area codes came with {len(incidents):,} incidents;"
            " give one, or a missing value, for each."
        )
    # A month file has few moments and few codes: each is read once.
    at, texts = pd.factorize(codes.to_numpy(dtype=object))
    when, moments = pd.factorize(incidents["occurred_from"])
    who, sources = pd.factorize(incidents["source"].to_numpy(dtype=object))
    groups = pd.DataFrame({"source": who, "when": when, "at": at})
    counts = groups[at >= 0].groupby(["source", "when", "at"], sort=False).size()
    found = counts.rename("rows").reset_index()
    found["source"] = sources[found["source"]]
    months = local_months(pd.Series(moments)).astype("str").to_numpy()
    read = [read_area_code(str(text), wards) for text in texts]
    told = pd.DataFrame(
        {
            "source": found["source"].astype("str"),
            "month": pd.Series(months[found["when"]], dtype="str"),
            "kind": pd.Series([str(read[each][0]) for each in found["at"]], dtype="str"),
            "code": pd.Series([read[each][1] for each in found["at"]], dtype="str"),
            "rows": found["rows"].astype("int64"),
        }
    )
    return told.groupby(list(COUNTED[:-1]))["rows"].sum().reset_index()


def describe_vintages(counts: pd.DataFrame, sets: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """Say which vintage the area codes of each source and month are of.

    Parameters
    ----------
    counts
        As ``count_area_codes`` returns them, of one delivery or of many.
    sets
        The codes of each loaded ward set, by its name.

    Returns
    -------
    pandas.DataFrame
        One row a ``source`` and ``month`` with codes, sorted: ``area_vintage``, such as
        ``LSOA 2021; wards-2026 98 %`` (the share of the ward codes that the set holds, cut to
        whole per cent), and ``area_warning``, empty where nothing stands against them. Empty in,
        empty out.

    Notes
    -----
    One code of 2021 makes a month's LSOAs those of 2021, for most older codes live on. Wards are
    mixed where every set lacks some code that another holds.

    Examples
    --------
    >>> counts = pd.DataFrame({"source": "wardens", "month": "2026-04", "kind": "ward",
    ...     "code": ["E05099001", "E05099009"], "rows": [3, 1]})
    >>> describe_vintages(counts, {"wards-2026": {"E05099001"}}).iloc[0].tolist()[2:]
    ['wards-2026 75 %', '1 row carries a ward code that is in no loaded set.']
    """
    rows = [
        (source, month, "; ".join(_said(group, sets)), " ".join(_warned(group, sets)))
        for (source, month), group in counts.groupby(_KEYS, sort=True)
    ]
    columns = [*_KEYS, "area_vintage", "area_warning"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _said(group: pd.DataFrame, sets: Mapping[str, Collection[str]]) -> Iterator[str]:
    vintages = set(group.loc[group["kind"] == AreaKind.LSOA, "code"])
    if LSOA_2021 in vintages:
        vintages.discard(LSOA_OLDER)
    yield from (f"LSOA {vintage}" for vintage in sorted(vintages))
    wards = _wards(group)
    total = int(wards.sum())
    shares = [
        (int(wards[wards.index.isin(list(codes))].sum()), name) for name, codes in sets.items()
    ]
    for held, name in sorted(shares, key=lambda one: (-one[0], one[1])):
        if held:
            yield f"{name} {100 * held // total} %"
    if total and not any(held for held, _ in shares):
        yield "wards of no loaded set"
    if (group["kind"] == AreaKind.OTHER).any():
        yield "other codes"


def _warned(group: pd.DataFrame, sets: Mapping[str, Collection[str]]) -> Iterator[str]:
    wards = _wards(group)
    known = set().union(*sets.values())
    lost = int(wards[~wards.index.isin(list(known))].sum())
    if lost:
        carry = "1 row carries" if lost == 1 else f"{lost:,} rows carry"
        yield f"{carry} a ward code that is in no loaded set."
    found = set(wards.index) & known
    if found and not any(found <= set(codes) for codes in sets.values()):
        yield "Ward codes of two vintages stand in one month: no loaded set holds them all."


def _wards(group: pd.DataFrame) -> pd.Series:
    """Return the rows of each ward code."""
    return group[group["kind"] == AreaKind.WARD].groupby("code")["rows"].sum()
