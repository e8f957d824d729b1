"""Repeat victimisation: incidents at one address again, never at one map point again.

A place is known by its UPRN, or by the words of its address where the sender gave an address. A
street, a postcode or a snapped point is no place here: what lies on it may be a hundred doors.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import betaincinv, gammaln, xlog1py, xlogy

from aim.analysis._dated import london_dates
from aim.errors import ParameterError
from aim.model.incidents import PlacePrecision, check_incidents

UNMATCHED = (
    "The two rates are not matched: other homes, other periods and other ways of recording differ"
    " too."
)
LOCATION_COLUMNS = (
    "place",
    "location_text",
    "incidents",
    "repeats",
    "first_day",
    "last_day",
    "easting",
    "northing",
)
_NEEDED = ("incident_id", "uprn", "location_text", "place_precision", "occurred_from")
# Probabilities equal but for rounding count as equal.
_ROUNDING = 1e-7


@dataclass(frozen=True, slots=True)
class RepeatRate:
    """Which share of incidents are repeats, with its doubt.

    Attributes
    ----------
    repeats, incidents
        Incidents beyond the first at a place, and all incidents that took part.
    share, low, high
        The first over the second and its exact interval; not a number without incidents.
    against, expected, p
        A share to compare with, the repeats it would give, and the exact two-sided p value; not a
        number where none was given.
    alpha, months
        One minus the confidence of the interval; how long after the first incident another is its
        repeat, None where counts were given.
    no_address
        Incidents left out because no address, or no time, is known.
    warnings
        What to know before comparing.
    """

    repeats: int
    incidents: int
    share: float
    low: float
    high: float
    against: float = math.nan
    expected: float = math.nan
    p: float = math.nan
    alpha: float = 0.05
    months: int | None = None
    no_address: int = 0
    warnings: tuple[str, ...] = ()


def repeat_share(
    repeats: int, incidents: int, *, against: float | None = None, alpha: float = 0.05
) -> RepeatRate:
    """Put an interval around a published repeat rate, and compare it with another.

    Parameters
    ----------
    repeats, incidents
        Counts, whole numbers; repeats are incidents less the different victims or addresses.
    against
        A share between 0 and 1 to compare with, such as the force's.
    alpha
        One minus the confidence of the interval.

    Returns
    -------
    RepeatRate
        With a warning where a comparison was asked for: two published rates are seldom matched.

    Raises
    ------
    ParameterError
        The counts are not whole, repeats are more than incidents, or a share is not between 0 and
        1.

    Notes
    -----
    Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26: 404-413, for the interval; the p value
    adds up all numbers of repeats that are no likelier than the one found.

    Examples
    --------
    >>> found = repeat_share(12, 715, against=0.068)
    >>> round(found.share, 4), round(found.expected, 2), f"{found.p:.1e}"
    (0.0168, 48.62, '2.4e-10')
    """
    _check_counts(repeats, incidents)
    if not 0 < alpha < 1:
        raise ParameterError(f"`alpha` must lie between 0 and 1, found {alpha!r}.")
    low, high = _interval(repeats, incidents, alpha)
    share = repeats / incidents if incidents else math.nan
    found = RepeatRate(repeats, incidents, share, low, high, alpha=alpha)
    if against is None:
        return found
    if not 0 < against < 1:
        raise ParameterError(
            f"`against` must be a share between 0 and 1, found {against!r}; give 0.068 for 6.8 %."
        )
    p = _binomial_p(repeats, incidents, against)
    return replace(found, against=against, expected=against * incidents, p=p, warnings=(UNMATCHED,))


def _check_counts(repeats: int, incidents: int) -> None:
    whole = repeats == int(repeats) and incidents == int(incidents)
    if not (whole and 0 <= repeats <= incidents):
        raise ParameterError(
            "`repeats` and `incidents` must be whole numbers, the first no more than the second;"
            f" found {repeats!r} and {incidents!r}."
        )


def _interval(repeats: int, incidents: int, alpha: float) -> tuple[float, float]:
    if not incidents:
        return math.nan, math.nan
    others = incidents - repeats
    low = float(betaincinv(repeats, others + 1, alpha / 2)) if repeats else 0.0
    high = float(betaincinv(repeats + 1, others, 1 - alpha / 2)) if others else 1.0
    return low, high


def _binomial_p(repeats: int, incidents: int, share: float) -> float:
    if not incidents:
        return math.nan
    counts = np.arange(incidents + 1, dtype=np.float64)
    ways = gammaln(incidents + 1) - gammaln(counts + 1) - gammaln(incidents - counts + 1)
    chances = np.exp(ways + xlogy(counts, share) + xlog1py(incidents - counts, -share))
    return min(float(chances[chances <= chances[repeats] * (1 + _ROUNDING)].sum()), 1.0)


def address_keys(incidents: pd.DataFrame) -> pd.Series:
    """Name the address of each incident, so that the same name means the same door.

    Parameters
    ----------
    incidents
        ``uprn``, ``location_text`` and ``place_precision``.

    Returns
    -------
    pandas.Series
        ``uprn 100110000001`` where a UPRN is known, or is known of another row with the same
        words; else ``address`` and the words, where the place is known to the address; missing
        for all others. On the index of ``incidents``.

    Raises
    ------
    ParameterError
        A column is absent.

    Examples
    --------
    >>> incidents = pd.DataFrame({"uprn": ["9", None, None],
    ...     "location_text": ["12 Bow Lane", "12 BOW LANE.", "Bow Lane"],
    ...     "place_precision": ["address", "address", "snapped"]})
    >>> address_keys(incidents).tolist()
    ['uprn 9', 'uprn 9', nan]
    """
    check_incidents(incidents, needed=("uprn", "location_text", "place_precision"))
    uprn = incidents["uprn"].astype("str")
    words = incidents["location_text"].astype("str").str.casefold()
    words = words.str.replace(r"[^0-9a-z]+", " ", regex=True).str.strip()
    at_address = (incidents["place_precision"] == PlacePrecision.ADDRESS) & (words != "")
    words = words.where(at_address)
    # One wording, one door: words that two UPRNs share name neither.
    pairs = pd.DataFrame({"words": words, "uprn": uprn}).dropna().drop_duplicates()
    single = pairs[~pairs["words"].duplicated(keep=False)]
    uprn_of = dict(zip(single["words"], single["uprn"], strict=True))
    uprn = uprn.fillna(words.map(uprn_of).astype("str"))
    keys: pd.Series = ("uprn " + uprn).fillna("address " + words).rename("place")
    return keys


def repeat_rate(
    incidents: pd.DataFrame,
    *,
    months: int = 12,
    groups: pd.Series | None = None,
    against: float | None = None,
    alpha: float = 0.05,
) -> RepeatRate:
    """Say which share of incidents are repeats at an address.

    Parameters
    ----------
    incidents
        Of one kind, such as burglary: ``incident_id``, ``uprn``, ``location_text``,
        ``place_precision`` and ``occurred_from``.
    months
        How long after the first incident at an address others are its repeats; one later than that
        is a first incident again.
    groups
        The event each linked incident belongs to, by ``incident_id``: several reports of one event
        are no repeats. By default each incident is an event of its own.
    against, alpha
        As in ``repeat_share``.

    Returns
    -------
    RepeatRate
        Over the incidents whose address is known; the others are counted.

    Raises
    ------
    ParameterError
        A column is absent, or a number cannot be used.

    Notes
    -----
    Twelve months rolling from each first incident, as the problem-solving guides of the Jill Dando
    Institute count. A rate over few months misses repeats whose first incident lies before them.

    Examples
    --------
    >>> incidents = pd.DataFrame({"incident_id": ["a", "b", "c"], "uprn": ["9", "9", "8"],
    ...     "location_text": "", "place_precision": "address", "occurred_from": pd.to_datetime(
    ...         ["2026-01-05T20:00Z", "2026-03-01T20:00Z", "2026-02-01T20:00Z"])})
    >>> found = repeat_rate(incidents)
    >>> found.repeats, found.incidents
    (1, 3)
    """
    rows = _keep_addressed(incidents, groups)
    repeats = int(_mark_repeats(rows, months).sum())
    found = repeat_share(repeats, len(rows), against=against, alpha=alpha)
    events = events_of(incidents, groups)
    left_out = events.nunique() - len(rows)
    words = (f"Left out, no address or no time known: {left_out}.",) if left_out else ()
    return replace(found, months=months, no_address=left_out, warnings=(*found.warnings, *words))


def events_of(incidents: pd.DataFrame, groups: pd.Series | None) -> pd.Series:
    """Return what tells one event from another: its group, or the incident itself."""
    own = incidents["incident_id"].astype("str")
    return own if groups is None else own.map(groups).astype("str").fillna(own)


def _keep_addressed(incidents: pd.DataFrame, groups: pd.Series | None) -> pd.DataFrame:
    """Return one row for each event with an address and a time, earliest report first."""
    check_incidents(incidents, needed=_NEEDED)
    rows = incidents.assign(place=address_keys(incidents), event=events_of(incidents, groups))
    rows = rows.dropna(subset=["place", "occurred_from"])
    rows = rows.sort_values(["occurred_from", "incident_id"], kind="stable")
    return rows.drop_duplicates("event")


def _mark_repeats(rows: pd.DataFrame, months: int) -> pd.Series:
    """Mark the incidents that follow the first at their place within the months."""
    if months != int(months) or months < 1:
        raise ParameterError(f"`months` must be a whole number from 1, found {months!r}.")
    days = london_dates(rows["occurred_from"])
    # The day before which another incident is a repeat, were this one the first.
    until = (days + pd.DateOffset(months=int(months))).to_numpy()
    moments, marks = days.to_numpy(), np.zeros(len(rows), dtype=np.bool_)
    for places in rows.groupby("place").indices.values():
        window = moments[places[0]]
        for place in places:
            marks[place] = moments[place] < window
            window = window if marks[place] else until[place]
    return pd.Series(marks, index=rows.index)


def repeat_locations(
    incidents: pd.DataFrame,
    *,
    least: int = 2,
    months: int = 12,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    """List the addresses with several incidents.

    Parameters
    ----------
    incidents
        As in ``repeat_rate``, with ``easting`` and ``northing``.
    least
        How many incidents make an address worth listing.
    months, groups
        As in ``repeat_rate``.

    Returns
    -------
    pandas.DataFrame
        One row for each address, most incidents first, then the latest, then by name: ``place``
        (as ``address_keys``), ``location_text`` of the first incident, ``incidents``, ``repeats``,
        ``first_day``, ``last_day`` (London dates), ``easting`` and ``northing`` of the first
        incident. Empty in, empty out.

    Raises
    ------
    ParameterError
        A column is absent, or a number cannot be used.

    Examples
    --------
    >>> incidents = pd.DataFrame({"incident_id": ["a", "b"], "uprn": "9", "location_text": "",
    ...     "place_precision": "address", "easting": 449000.0, "northing": 520000.0,
    ...     "occurred_from": pd.to_datetime(["2026-01-05T20:00Z", "2026-03-01T20:00Z"])})
    >>> repeat_locations(incidents)[["place", "incidents", "repeats"]].values.tolist()
    [['uprn 9', 2, 1]]
    """
    check_incidents(incidents, needed=("easting", "northing"))
    rows = _keep_addressed(incidents, groups)
    rows = rows.assign(day=london_dates(rows["occurred_from"]), again=_mark_repeats(rows, months))
    found = rows.groupby("place", as_index=False).agg(
        location_text=("location_text", "first"),
        incidents=("event", "size"),
        repeats=("again", "sum"),
        first_day=("day", "min"),
        last_day=("day", "max"),
        easting=("easting", "first"),
        northing=("northing", "first"),
    )
    found = found[found["incidents"] >= least]
    ranked = found.sort_values(
        ["incidents", "last_day", "place"], ascending=[False, False, True], kind="stable"
    )
    return plain_days(ranked)[list(LOCATION_COLUMNS)].reset_index(drop=True)


def plain_days(found: pd.DataFrame) -> pd.DataFrame:
    """Return a list with its first and last day as plain dates."""
    days = {name: found[name].dt.date.astype(object) for name in ("first_day", "last_day")}
    return found.assign(**days)
