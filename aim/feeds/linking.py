"""Likely reports of one event by several sources: linked, scored, and nothing ever deleted.

The truth of it. A resident rings the police, a warden passes, a councillor hears of it: one event,
three rows. Nothing in the rows says so; what can be said is that time, place, kind and words agree
better than chance allows. A link is a proposal with its reasons. A person confirms or refuses it,
and counts stay as reported unless somebody asks to count once. Two reports of one source are never
linked: a sender knows its own repeats.

Source: the rule of thumb of dispatchers and street-fault services, time window, distance and type,
with both references kept; scored as in Fellegi and Sunter (1969), the agreement of several fields
weighed together, with weights set by hand in ``aim/model/linking.toml``.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from aim.errors import ParameterError
from aim.feeds.linking_candidates import Pairs, compare_texts, find_pairs, minutes_apart
from aim.feeds.linking_reports import UNKNOWN, Floats, Reports, read_reports
from aim.feeds.linking_rules import PARTS, LinkRules, read_link_rules
from aim.model.incidents import PlacePrecision, TimePrecision, check_incidents

NEEDED = (
    "incident_id",
    "source",
    "incident_type",
    "occurred_from",
    "occurred_to",
    "time_precision",
    "easting",
    "northing",
    "place_precision",
    "location_text",
    "description",
)
PAIR = ("incident_a", "incident_b")
LINK_COLUMNS = (*PAIR, "score", *PARTS, "certain_time")
CONFIRMED, REFUSED = "confirmed", "refused"


def link_incidents(
    incidents: pd.DataFrame,
    *,
    ward_names: Mapping[str, str] | None = None,
    settled: pd.DataFrame | None = None,
    rules: LinkRules | None = None,
) -> pd.DataFrame:
    """Propose which incidents of different sources are likely reports of one event.

    Parameters
    ----------
    incidents
        The incident columns; ``ward_code`` where wards have been assigned. Rows vaguer than a week
        are left alone, and so are the unclassified.
    ward_names
        Names of wards by code. With them a row without a position is in the ward its text names.
    settled
        What people have said: ``incident_a``, ``incident_b`` and ``state``, ``confirmed`` or
        ``refused``; other states are passed over. A confirmed pair keeps its partners from others,
        a refused one is never proposed again.
    rules
        By default the table that AIM ships, ``linking.toml``.

    Returns
    -------
    pandas.DataFrame
        ``incident_a`` and ``incident_b`` (a before b), ``score`` from the rules' minimum to 1, its
        parts ``time``, ``distance`` (also how well the streets' names agree, where these stand for
        a position), ``type`` and ``text`` (0 to 1; missing where one of the two says nothing), and
        ``certain_time``: both have a clock time; where they have not, the link counts only once
        confirmed. Sorted by the two ids. Linked incidents form groups with at most one row of each
        source, the best score first; ties go to the lower ids. Empty in, empty out.

    Raises
    ------
    ParameterError
        A column is absent, here or in ``settled``, or an incident stands there twice.

    Notes
    -----
    Two positions may lie as far apart as their precisions allow. Where one is rough or missing the
    street's name may stand for it, within a ward or postcode. 200,000 incidents take seconds.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "incident_id": ["a1", "b2"], "source": ["police-extract", "wardens"],
    ...     "incident_type": "fly-tipping",
    ...     "occurred_from": pd.to_datetime(["2026-04-03 10:00Z", "2026-04-03 10:30Z"]),
    ...     "occurred_to": pd.to_datetime(["2026-04-03 10:01Z", "2026-04-03 10:31Z"]),
    ...     "time_precision": "minute", "easting": [449000.0, 449020.0], "northing": 520000.0,
    ...     "place_precision": "point", "location_text": "Bow Lane", "description": "Black bags"})
    >>> link_incidents(rows)[["incident_a", "incident_b", "score"]].round(2).to_dict("records")
    [{'incident_a': 'a1', 'incident_b': 'b2', 'score': 0.93}]
    """
    check_incidents(incidents, NEEDED)
    _refuse_twins(incidents)
    rules = rules or read_link_rules()
    reports = read_reports(incidents, rules, ward_names or {})
    links = _score(reports, find_pairs(reports, rules), rules)
    source_of = dict(zip(incidents["incident_id"], incidents["source"], strict=True))
    return _choose(links, source_of, _said(settled))


def groups_of(
    links: pd.DataFrame, confirmed: pd.Series | None = None, *, suggested: bool = False
) -> pd.Series:
    """Return the event each linked incident belongs to, for counting once.

    Parameters
    ----------
    links
        As ``link_incidents`` returns them.
    confirmed
        Marks on the index of ``links``: a person has confirmed the pair; by default none is.
    suggested
        Also join what nobody has confirmed, where both times are clock times.

    Returns
    -------
    pandas.Series
        The lowest id of the group, named ``event``, on the ids of the incidents joined to another,
        sorted; an incident that is not there is an event of its own. Empty in, empty out.

    Examples
    --------
    >>> links = pd.DataFrame({"incident_a": ["a", "b"], "incident_b": ["b", "c"],
    ...     "certain_time": [True, False]})
    >>> groups_of(links, suggested=True).to_dict()
    {'a': 'a', 'b': 'a'}
    >>> groups_of(links, pd.Series([True, True])).to_dict()
    {'a': 'a', 'b': 'a', 'c': 'a'}
    """
    joined = pd.Series(data=False, index=links.index) if confirmed is None else confirmed
    joined = joined.reindex(links.index).fillna(value=False).astype(bool)
    if suggested:
        joined |= links["certain_time"].astype(bool)
    events = _Events()
    for a, b in links.loc[joined, list(PAIR)].itertuples(index=False):
        events.join(a, b)
    ids = sorted(events.members)
    return pd.Series(
        [events.members[one][0] for one in ids],
        index=pd.Index(ids, name="incident_id", dtype="str"),
        name="event",
        dtype="str",
    )


def mark_repeats(incidents: pd.DataFrame, events: pd.Series) -> pd.Series:
    """Mark the incidents that counting once leaves out: all but one of each event.

    Parameters
    ----------
    incidents
        The rows that are counted; needs ``incident_id``, ``place_precision`` and
        ``time_precision``.
    events
        As ``groups_of`` returns them; of an event only the rows among ``incidents`` matter.

    Returns
    -------
    pandas.Series
        True for a repeat, on the index of ``incidents``. The row that stays is the one with the
        best place, then the best time, then the lower id. Nothing in ``events``: nothing marked.

    Examples
    --------
    >>> rows = pd.DataFrame({"incident_id": ["a", "b"], "place_precision": ["none", "point"],
    ...     "time_precision": ["day", "minute"]})
    >>> mark_repeats(rows, pd.Series({"a": "a", "b": "a"})).tolist()
    [True, False]
    """
    check_incidents(incidents, ("incident_id", "place_precision", "time_precision"))
    ids = incidents["incident_id"]
    order = pd.DataFrame(
        {
            "event": ids.map(events).where(ids.isin(events.index), ids),
            "place": _ranks(incidents["place_precision"], tuple(PlacePrecision)),
            "time": _ranks(incidents["time_precision"], tuple(TimePrecision)),
            "incident_id": ids,
        },
        index=incidents.index,
    ).sort_values(["place", "time", "incident_id"], kind="stable")
    return order["event"].duplicated().reindex(incidents.index).rename("repeat")


def _ranks(words: pd.Series, best_first: tuple[str, ...]) -> pd.Series:
    ranks = {word: rank for rank, word in enumerate(best_first)}
    return words.map(ranks).astype("float64").fillna(len(ranks))


def _refuse_twins(incidents: pd.DataFrame) -> None:
    twins = incidents.loc[incidents["incident_id"].duplicated(), "incident_id"]
    if len(twins):
        raise ParameterError(
            f"Linking needs each incident once; {len(twins):,} stand there again, the first"
            f" {twins.iloc[0]!r}. Join deliveries with aim.merge_incidents."
        )


# --- scores -----------------------------------------------------------------------------------


def _score(reports: Reports, pairs: Pairs, rules: LinkRules) -> pd.DataFrame:
    """Return the links that reach the minimum, with the parts of their score."""
    a, b = pairs.a, pairs.b
    parts = pd.DataFrame(
        {
            "time": _times_agree(reports, pairs, rules),
            "distance": pairs.distance,
            "type": reports.likeness[reports.kind[a], reports.kind[b]],
            "text": _texts_agree(reports, pairs),
        }
    )
    weights = pd.Series(rules.weights)
    said = parts.notna() * weights
    score = (parts.fillna(0.0) * weights).sum(axis=1) / said.sum(axis=1)
    links = parts.assign(
        incident_a=pd.Series(reports.ids[a], dtype="str"),
        incident_b=pd.Series(reports.ids[b], dtype="str"),
        score=score,
        certain_time=reports.clock[a] & reports.clock[b],
    )
    return links.loc[score >= rules.minimum, list(LINK_COLUMNS)]


def _times_agree(reports: Reports, pairs: Pairs, rules: LinkRules) -> Floats:
    vaguer = np.maximum(reports.width[pairs.a], reports.width[pairs.b])
    weight = np.array([rule.weight for rule in rules.times])[vaguer]
    apart = np.array([rule.apart_minutes for rule in rules.times])[vaguer]
    share = minutes_apart(reports, pairs.a, pairs.b) / np.maximum(apart, 1)
    return np.asarray(weight * (1 - share / 2))


def _texts_agree(reports: Reports, pairs: Pairs) -> Floats:
    """Return how alike the words and the streets are: the mean of what both reports say."""
    numbers, words = pd.factorize(reports.text)
    words_alike = compare_texts(words, numbers[pairs.a], numbers[pairs.b], fuzz.token_set_ratio)
    spoken = (reports.text != "").astype(bool)
    words_alike[~(spoken[pairs.a] & spoken[pairs.b])] = np.nan
    streets_alike = np.full(len(pairs.a), np.nan)
    named = (reports.street[pairs.a] != UNKNOWN) & (reports.street[pairs.b] != UNKNOWN)
    streets = reports.street[pairs.a][named], reports.street[pairs.b][named]
    streets_alike[named] = compare_texts(reports.streets, *streets, fuzz.ratio)
    alike = pd.DataFrame({"words": words_alike, "streets": streets_alike}).mean(axis=1)
    return alike.to_numpy(dtype=np.float64)


# --- who is whose partner ---------------------------------------------------------------------


class _Events:
    """Groups of incidents, each with its members in order."""

    def __init__(self) -> None:
        self.members: dict[str, list[str]] = {}

    def group(self, one: str) -> list[str]:
        """Return the group of an incident: itself where it was joined to nothing."""
        return self.members.get(one, [one])

    def join(self, one: str, other: str) -> None:
        """Make two groups one."""
        joined = sorted({*self.group(one), *self.group(other)})
        for member in joined:
            self.members[member] = joined


def _said(settled: pd.DataFrame | None) -> dict[str, set[tuple[str, str]]]:
    """Return the pairs people have settled, by state, the lower id first."""
    said: dict[str, set[tuple[str, str]]] = {CONFIRMED: set(), REFUSED: set()}
    if settled is not None:
        if missing := [name for name in (*PAIR, "state") if name not in settled]:
            raise ParameterError(
                f"`settled` lacks {', '.join(missing)}; found {', '.join(map(str, settled))}."
                " Give the two incidents of each pair and what was said of it."
            )
        for a, b, state in settled[[*PAIR, "state"]].itertuples(index=False):
            said.setdefault(state, set()).add((min(a, b), max(a, b)))
    return said


def _choose(
    links: pd.DataFrame,
    source_of: Mapping[str, str],
    said: Mapping[str, set[tuple[str, str]]],
) -> pd.DataFrame:
    """Keep the best links that put no two rows of one source, and no refused pair, together."""
    events = _Events()
    for a, b in sorted(said[CONFIRMED]):
        events.join(a, b)
    ordered = links.sort_values(["score", *PAIR], ascending=[False, True, True], kind="stable")
    kept = np.zeros(len(ordered), dtype=bool)
    for at, (a, b) in enumerate(ordered[list(PAIR)].itertuples(index=False)):
        kept[at] = (a, b) in said[CONFIRMED] or _join_if_apart(events, a, b, source_of, said)
    chosen = ordered[kept].sort_values(list(PAIR), kind="stable")
    return chosen.reset_index(drop=True)


def _join_if_apart(
    events: _Events,
    a: str,
    b: str,
    source_of: Mapping[str, str],
    said: Mapping[str, set[tuple[str, str]]],
) -> bool:
    left, right = events.group(a), events.group(b)
    sources = [source_of.get(one) for one in (*left, *right)]
    refused = any((min(x, y), max(x, y)) in said[REFUSED] for x in left for y in right)
    if left is right or refused or len(set(sources)) < len(sources):
        return False
    events.join(a, b)
    return True
