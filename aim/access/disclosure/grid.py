"""The grid councillors choose from: whole wards, whole months or closed quarters, themes.

Sensitive figures are given by closed quarter (April to June is the first) and never by month or by
a window that slides: the difference of two neighbouring windows would be one month less another.
They are given in bands, and once given they stay, so that a late correction does not show itself as
a difference. Every sensitive incident is in one theme only, the first of its type, so that themes
do not overlap either. Routine and public figures are given as they are, in every theme of a type.
"""

from collections.abc import Collection, Iterable
from itertools import pairwise

import numpy as np
import pandas as pd

from aim.access.disclosure.bands import Band, band_of, narrowest_block, widen
from aim.access.disclosure.rules import Audience, Geography, K, Rule, rule_for
from aim.model.incidents import Sensitivity, check_incidents
from aim.model.times import local_months, next_month, read_month
from aim.model.types import Taxonomy

ALL_THEMES = "all"
OTHER_THEME = "other"
BOROUGH = "borough"
LAST_12 = "last 12 months"
LAST_4_QUARTERS = "last 4 closed quarters"

COUNTED = ("ward_code", "month", "theme", "sensitivity", "incidents")
RELEASED = ("ward_code", "period", "theme", "sensitivity", "low", "high")
REMEMBERED = ("ward_code", "period", "theme", "low", "high")

_FIRST_MONTH = 4
Key = tuple[str, str, str]
Bands = dict[Key, Band]


def leading_theme(incident_type: str, taxonomy: Taxonomy) -> str:
    """Return the one theme a sensitive incident of a type is counted in: its first, or ``other``.

    Parameters
    ----------
    incident_type
        Slug.
    taxonomy
        The table of types.

    Examples
    --------
    >>> from aim.model.types import read_taxonomy
    >>> leading_theme("robbery", read_taxonomy()), leading_theme("other-crime", read_taxonomy())
    ('violence', 'other')
    """
    known = taxonomy.types.get(incident_type)
    return known.themes[0] if known and known.themes else OTHER_THEME


def quarter_of(month: str) -> str:
    """Return the quarter of the year from April that a month lies in.

    Parameters
    ----------
    month
        Written ``2026-04``.

    Raises
    ------
    ParameterError
        The text is not a month.

    Examples
    --------
    >>> quarter_of("2026-03"), quarter_of("2026-04")
    ('2025/26 Q4', '2026/27 Q1')
    """
    first = read_month(month)
    since_april = (first.month - _FIRST_MONTH) % 12
    year = first.year - (first.month < _FIRST_MONTH)
    return f"{year}/{(year + 1) % 100:02d} Q{since_april // 3 + 1}"


def count_grid(incidents: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Count incidents by ward, month, theme and sensitivity, as `release_grid` takes them.

    Parameters
    ----------
    incidents
        Needs ``ward_code``, ``occurred_from`` (UTC), ``incident_type`` and ``sensitivity``; rows
        without a ward are left out.
    taxonomy
        The table of types.

    Returns
    -------
    pandas.DataFrame
        ``ward_code``, ``month`` (of London), ``theme``, ``sensitivity``, ``incidents``, sorted.
        Public and routine rows count in every theme of their type and in ``all``, sensitive ones in
        their leading theme alone. Empty in, empty out.

    Examples
    --------
    >>> from aim.model.types import read_taxonomy
    >>> rows = pd.DataFrame({"ward_code": ["N1"], "incident_type": ["robbery"],
    ...     "occurred_from": pd.to_datetime(["2026-04-02T10:00Z"]), "sensitivity": ["sensitive"]})
    >>> count_grid(rows, read_taxonomy()).to_dict("records")  # doctest: +NORMALIZE_WHITESPACE
    [{'ward_code': 'N1', 'month': '2026-04', 'theme': 'violence', 'sensitivity': 'sensitive',
      'incidents': 1}]
    """
    needed = ("ward_code", "occurred_from", "incident_type", "sensitivity")
    check_incidents(incidents, needed)
    rows = incidents.loc[incidents["ward_code"].notna(), list(needed)]
    codes, moments = pd.factorize(rows["occurred_from"])
    months = local_months(pd.Series(moments)).to_numpy()[codes]
    by_type = rows.assign(month=months).groupby(
        ["ward_code", "month", "incident_type", "sensitivity"], observed=True
    )
    kinds = by_type.size().rename("incidents").reset_index()
    as_it_is = kinds["sensitivity"].isin(_levels(Rule.AS_IT_IS))
    themes = [
        _themes_of(slug, taxonomy) if shown else (leading_theme(slug, taxonomy),)
        for slug, shown in zip(kinds["incident_type"], as_it_is, strict=True)
    ]
    counted = kinds.assign(theme=pd.Series(themes, dtype="object")).explode("theme")
    sums = counted.astype({"theme": "str"}).groupby(list(COUNTED[:-1]))["incidents"].sum()
    return sums.reset_index()


def _themes_of(incident_type: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    known = taxonomy.types.get(incident_type)
    return (*((known and known.themes) or (OTHER_THEME,)), ALL_THEMES)


def release_grid(
    counts: pd.DataFrame,
    *,
    wards: Collection[str],
    months: Collection[str],
    taxonomy: Taxonomy,
    audience: Audience,
    earlier: pd.DataFrame | None = None,
    k: int = K,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every number of the grid as an audience may see it, and what must be remembered.

    Nobody can bound a sensitive figure more narrowly than k from all that is ever returned for
    councillors and scrutiny, by any subtraction (the package's docstring says why). The band of a
    ward is fixed beforehand; the borough's is k wide too, cut between the sums of its wards' lowest
    and highest values; every other sum is made of bands. A figure that was released is repeated as
    it was. It is revised only when the count has left its band by more than k, which a late
    report or two cannot do; the borough's band is then made of its wards' and no longer counted.

    Parameters
    ----------
    counts
        As of `count_grid`. Wards and months not named below are left out.
    wards
        Every ward of the current set, also those without incidents.
    months
        Those that are complete for every source of the partnership, ``2026-04``. A quarter is
        closed when its three months are among them.
    taxonomy
        The table of types; all its themes are released, also the empty ones.
    audience
        Who reads it. A councillor's own wards are chosen from the result.
    earlier
        What was remembered by earlier calls, all of it; None for the first.
    k
        The least width of a band, 5, or 10 to be strict. Bands already released stay.

    Returns
    -------
    released, remembered
        ``released``: ``ward_code`` (or ``borough``), ``period`` (a month, a quarter, ``last 12
        months`` or ``last 4 closed quarters``), ``theme`` (or ``all``), ``sensitivity``, ``low``
        and ``high``, equal where the number is exact. What the audience may never see has no row.
        ``remembered``: ``ward_code``, ``period``, ``theme``, ``low``, ``high`` of every sensitive
        band ever released, to be kept before anything is shown, and passed as ``earlier``.

    Raises
    ------
    ParameterError
        A column is missing, or a month is not one.

    Examples
    --------
    >>> from aim.model.types import read_taxonomy
    >>> counts = pd.DataFrame({"ward_code": "N1", "month": "2026-04", "theme": "violence",
    ...     "sensitivity": ["routine", "sensitive"], "incidents": [12, 7]})
    >>> released, remembered = release_grid(counts, wards=["N1", "N2"],
    ...     months=["2026-04", "2026-05", "2026-06"], taxonomy=read_taxonomy(),
    ...     audience=Audience.COUNCILLOR)
    >>> cell = released.query("ward_code == 'N1' and theme == 'violence'")
    >>> cell.query("period == '2026-04' and sensitivity == 'routine'")[["low", "high"]].values
    array([[12, 12]])
    >>> cell.query("sensitivity == 'sensitive'")[["period", "low", "high"]].values.tolist()
    [['2026/27 Q1', 6, 11]]
    """
    check_incidents(counts, COUNTED)
    complete = sorted(set(months))
    known = counts[counts["ward_code"].isin(list(wards)) & counts["month"].isin(complete)]
    open_rows = known["sensitivity"].isin(_levels(Rule.AS_IT_IS))
    bands = _release_quarters(
        known[~open_rows],
        cells=[(ward, theme) for ward in sorted(set(wards)) for theme in _leading(taxonomy)],
        quarters=_closed_quarters(complete),
        earlier=_from_remembered(earlier),
        k=k,
    )
    released = [
        _exact(known[open_rows], wards, complete, taxonomy),
        _as_seen(bands, set(wards), _closed_quarters(complete), audience, k),
    ]
    return pd.concat(released, ignore_index=True), _to_remembered(bands)


def _levels(rule: Rule) -> list[str]:
    """Return the sensitivities whose ward counts follow a rule."""
    return [
        level.value
        for level in Sensitivity
        if rule_for(level, Geography.WARD, Audience.SCRUTINY) is rule
    ]


def _leading(taxonomy: Taxonomy) -> list[str]:
    return sorted({leading_theme(slug, taxonomy) for slug in taxonomy.types} | {OTHER_THEME})


def _closed_quarters(months: Iterable[str]) -> list[str]:
    """Return the quarters that have all three months, in order."""
    quarters = [quarter_of(month) for month in months]
    return sorted(quarter for quarter in set(quarters) if quarters.count(quarter) == 3)  # noqa: PLR2004 - months of a quarter


def _release_quarters(
    counts: pd.DataFrame,
    *,
    cells: list[tuple[str, str]],
    quarters: list[str],
    earlier: Bands,
    k: int,
) -> Bands:
    """Return every band ever released: the earlier ones, and those of quarters closed since."""
    sums = counts.assign(period=counts["month"].map(quarter_of)).groupby(
        ["ward_code", "period", "theme"]
    )["incidents"]
    numbers = {key: int(number) for key, number in sums.sum().items()}
    bands = dict(earlier)
    for quarter in quarters:
        keys = [(ward, quarter, theme) for ward, theme in cells]
        before = {key: band for key, band in earlier.items() if key[1] == quarter}
        if before:
            # Other wards over a released quarter would be a second cut through the same people.
            keys = [key for key in keys if key in before]
        bands |= _release_quarter({key: numbers.get(key, 0) for key in keys}, quarter, before, k)
    return bands


def _release_quarter(counts: dict[Key, int], quarter: str, earlier: Bands, k: int) -> Bands:
    """Release a quarter as a tree: a band for each ward's theme, each theme, and all themes."""
    bands = {key: _band_or_earlier(count, earlier.get(key), k) for key, count in counts.items()}
    wards = {key: band for key, band in earlier.items() if key[0] != BOROUGH} | bands
    boroughs: Bands = {}
    for theme in sorted({key[2] for key in wards}):
        parts = {key: band for key, band in wards.items() if key[2] == theme}
        total = sum(counts.get(key, 0) for key in parts)
        whole = (BOROUGH, quarter, theme)
        boroughs[whole] = _whole_of(parts, total, earlier, earlier.get(whole), k)
    whole = (BOROUGH, quarter, ALL_THEMES)
    everything = _whole_of(boroughs, sum(counts.values()), earlier, earlier.get(whole), k)
    return bands | boroughs | {whole: everything}


def _whole_of(parts: Bands, total: int, earlier: Bands, before: Band | None, k: int) -> Band:
    """Return the band of a whole: as before, cut from its parts, or their sum once one is revised.

    Only a first release counts anew: a second cut over parts that stayed would be a second tree.
    """
    if before and all(earlier.get(key) == band for key, band in parts.items()):
        return before
    together = _add(parts.values())
    if before:
        return together
    return narrowest_block(total, base=together.low, top=together.high, k=k)


def _band_or_earlier(count: int, earlier: Band | None, k: int) -> Band:
    if earlier and earlier.low - k <= count <= earlier.high + k:
        return earlier
    return band_of(count, k=k)


def _add(bands: Iterable[Band]) -> Band:
    held = list(bands)
    return Band(sum(band.low for band in held), sum(band.high for band in held))


def _exact(
    counts: pd.DataFrame, wards: Collection[str], months: list[str], taxonomy: Taxonomy
) -> pd.DataFrame:
    """Return routine and public counts as they are, with a row for every zero, and their sums."""
    places = sorted(set(wards))
    themes = [*taxonomy.themes, OTHER_THEME, ALL_THEMES]
    levels = _levels(Rule.AS_IT_IS)
    every = pd.MultiIndex.from_product([places, months, themes, levels], names=COUNTED[:-1])
    numbers = counts.groupby(list(COUNTED[:-1]))["incidents"].sum().reindex(every, fill_value=0)
    table = numbers.to_numpy(dtype=np.int64).reshape(every.levshape)
    periods, year = months, months[-12:]
    if len(year) == 12 and _follow_on(year):  # noqa: PLR2004 - months of a year
        table = np.concatenate([table, table[:, -12:].sum(axis=1, keepdims=True)], axis=1)
        periods = [*months, LAST_12]
    table = np.concatenate([table, table.sum(axis=0, keepdims=True)])
    rows = pd.MultiIndex.from_product(
        [[*places, BOROUGH], periods, themes, levels], names=RELEASED[:4]
    )
    return rows.to_frame(index=False).assign(low=table.ravel(), high=table.ravel())


def _follow_on(months: list[str]) -> bool:
    firsts = [read_month(month) for month in months]
    return all(next_month(one) == other for one, other in pairwise(firsts))


def _as_seen(
    bands: Bands, wards: set[str], quarters: list[str], audience: Audience, k: int
) -> pd.DataFrame:
    """Return the bands an audience may see, as they are or wider, and sums made of them."""
    seen: Bands = {}
    for key, band in bands.items():
        place = Geography.BOROUGH if key[0] == BOROUGH else Geography.WARD
        rule = rule_for(Sensitivity.SENSITIVE, place, audience)
        current = key[0] in {BOROUGH, *wards} and key[1] in quarters
        if current and rule is not Rule.NEVER:
            seen[key] = widen(band, k=k) if rule is Rule.STRICT else band
    wards_seen = {key: band for key, band in seen.items() if key[0] != BOROUGH}
    seen |= _sums(wards_seen, theme=ALL_THEMES)
    if _make_a_year(quarters[-4:]):
        year = {key: band for key, band in seen.items() if key[1] in quarters[-4:]}
        seen |= _sums(year, period=LAST_4_QUARTERS)
    rows = [(*key, Sensitivity.SENSITIVE.value, *band) for key, band in sorted(seen.items())]
    return pd.DataFrame(rows, columns=list(RELEASED))


def _sums(bands: Bands, *, period: str = "", theme: str = "") -> Bands:
    """Add bands up over periods or themes, which are then as named."""
    parts: dict[Key, list[Band]] = {}
    for key, band in bands.items():
        parts.setdefault((key[0], period or key[1], theme or key[2]), []).append(band)
    return {key: _add(held) for key, held in parts.items()}


def _make_a_year(quarters: list[str]) -> bool:
    numbers = [4 * int(quarter[:4]) + int(quarter[-1]) for quarter in quarters]
    return len(numbers) == 4 and numbers[-1] - numbers[0] == 3  # noqa: PLR2004 - quarters of a year


def _from_remembered(rows: pd.DataFrame | None) -> Bands:
    if rows is None:
        return {}
    check_incidents(rows, REMEMBERED)
    return {
        (ward, period, theme): Band(int(low), int(high))
        for ward, period, theme, low, high in rows[list(REMEMBERED)].itertuples(index=False)
    }


def _to_remembered(bands: Bands) -> pd.DataFrame:
    rows = [(*key, *band) for key, band in sorted(bands.items())]
    return pd.DataFrame(rows, columns=list(REMEMBERED))
