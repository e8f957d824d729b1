"""An early sign that an anti-social behaviour case review may be asked for.

A sign, not a decision: whether a case qualifies is for the reviewing bodies, who know more than
incident rows say. The Anti-social Behaviour, Crime and Policing Act 2014, section 104, sets the
frame: as many qualifying complaints as the local procedure asks for, at most three, made in the six
months that end with the request; a complaint qualifies if it was made within a month of the
behaviour. Places are addresses or the sender's case references, never points on a map.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from aim.analysis._dated import london_dates
from aim.analysis.repeats import address_keys, events_of, plain_days
from aim.errors import ParameterError
from aim.model.editions import asb_types
from aim.model.incidents import Qualifier, check_incidents

SIGN_COLUMNS = (
    "kind",
    "place",
    "location_text",
    "rule",
    "incidents",
    "hate",
    "first_day",
    "last_day",
    "sources",
    "late",
    "report_unknown",
)
_NEEDED = (
    "incident_id",
    "source",
    "agency",
    "source_ref",
    "incident_type",
    "qualifiers",
    "uprn",
    "location_text",
    "place_precision",
    "occurred_from",
    "occurred_to",
    "reported_at",
)


@dataclass(frozen=True, slots=True)
class CaseReviewRule:
    """What a local procedure asks for.

    Attributes
    ----------
    number
        Separate incidents at one place; the Act allows at most three.
    months
        In how many months, ending with the day asked about, they were reported.
    reported_within_months
        How soon after the incident each was reported.
    hate_number
        Incidents marked as hate that suffice alone; None for no such rule.

    Examples
    --------
    >>> CaseReviewRule(hate_number=1).number
    3
    """

    number: int = 3
    months: int = 6
    reported_within_months: int = 1
    hate_number: int | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that every place or none would meet."""
        least = min(self.number, self.months, self.reported_within_months, self.hate_number or 1)
        if least < 1 or self.hate_number == 0:
            raise ParameterError(
                f"A case review rule needs whole numbers from 1, found {self}; leave `hate_number`"
                " None where there is no rule for hate."
            )


USUAL_RULE = CaseReviewRule()


def case_review_signs(
    incidents: pd.DataFrame,
    on: date,
    *,
    rule: CaseReviewRule = USUAL_RULE,
    groups: pd.Series | None = None,
    types: Iterable[str] | None = None,
) -> pd.DataFrame:
    """List the places where a case review of anti-social behaviour may be asked for.

    Parameters
    ----------
    incidents
        The incident columns, of all sources together.
    on
        The London day asked about.
    rule
        What the local procedure asks for.
    groups
        The event each linked incident belongs to, by ``incident_id``; several reports of one event
        count once. By default each incident is an event of its own.
    types
        Which types are anti-social behaviour; by default those that are no crime.

    Returns
    -------
    pandas.DataFrame
        One row a place, most incidents first, then the latest, then by name: ``kind`` (``address``
        or ``case``), ``place``, ``location_text``, ``rule`` (which part of the rule is met, in
        words), ``incidents`` and ``hate`` (separate qualifying incidents, and those of them marked
        as hate), ``first_day`` and ``last_day`` of the reports, ``sources`` (sorted, one space
        between), ``late`` and ``report_unknown`` (separate incidents that do not qualify because
        they were reported too late, or nobody knows when). A case whose incidents all stand under
        a listed address is not listed again. Empty where there is no sign.

    Raises
    ------
    ParameterError
        A column is absent.

    Notes
    -----
    An incident known to an interval is taken to have happened at its end, so that a sign comes
    early rather than late. A month counts from a day to the day of that number in the next month,
    not included. Incidents at home are often sensitive: show the list to nobody who may not see
    them.

    Examples
    --------
    >>> from aim.model.incidents import conform_incidents
    >>> days = pd.to_datetime(["2026-03-01T20:00Z", "2026-04-01T20:00Z", "2026-05-01T20:00Z"])
    >>> incidents = conform_incidents(pd.DataFrame({"incident_id": ["a", "b", "c"], "uprn": "9",
    ...     "source": "wardens", "agency": "council", "incident_type": "anti-social-behaviour",
    ...     "occurred_from": days, "reported_at": days, "place_precision": "address"}))
    >>> case_review_signs(incidents, date(2026, 5, 31))[["place", "rule"]].values.tolist()
    [['uprn 9', '3 in 6 months']]
    """
    check_incidents(incidents, needed=_NEEDED)
    wanted = asb_types() if types is None else frozenset(types)
    rows = _judge(incidents[incidents["incident_type"].isin(wanted)], on, rule)
    rows = rows.assign(event=events_of(rows, groups))
    placed = pd.concat(
        [
            rows.assign(kind="address", place=address_keys(rows)),
            rows.assign(kind="case", place=_cases(rows)),
        ]
    ).dropna(subset=["place"])
    # Several reports of one event count once, and the one that qualifies speaks for them.
    placed = placed.sort_values(["state", "reported", "incident_id"], kind="stable")
    events = placed.drop_duplicates(["kind", "place", "event"])
    signs = _meet(_count(events), rule)
    return _without_twins(signs, events)


def _judge(rows: pd.DataFrame, on: date, rule: CaseReviewRule) -> pd.DataFrame:
    """Say of each incident of the period whether it qualifies; leave out those of other periods."""
    ends = rows["occurred_to"] - pd.Timedelta(1, "us")
    happened = london_dates(ends.fillna(rows["occurred_from"]))
    reported = london_dates(rows["reported_at"])
    after = pd.Timestamp(on) + pd.Timedelta(days=1)
    since = after - pd.DateOffset(months=rule.months)
    in_time = reported < happened + pd.DateOffset(months=rule.reported_within_months)
    known = reported.fillna(happened)
    # In the order in which the reports of one event speak for it.
    state = in_time.map({True: "1 qualifies", False: "2 late"})
    state = state.mask(reported.isna() | happened.isna(), "3 unknown")
    judged = rows.assign(reported=known, state=state, hate=_hate(rows))
    return judged[(known >= since) & (known < after)]


def _hate(rows: pd.DataFrame) -> pd.Series:
    return rows["qualifiers"].fillna("").str.split().map(lambda words: Qualifier.HATE in words)


def _cases(rows: pd.DataFrame) -> pd.Series:
    """Name each sender's own case, where it gave a reference."""
    return "case " + rows["agency"].astype("str") + " " + rows["source_ref"].astype("str")


def _count(events: pd.DataFrame) -> pd.DataFrame:
    good = events["state"] == "1 qualifies"
    marked = events.assign(
        good=good,
        hateful=good & events["hate"],
        late=events["state"] == "2 late",
        unknown=events["state"] == "3 unknown",
        day=events["reported"].where(good),
    )
    return marked.groupby(["kind", "place"], as_index=False).agg(
        location_text=("location_text", "first"),
        incidents=("good", "sum"),
        hate=("hateful", "sum"),
        first_day=("day", "min"),
        last_day=("day", "max"),
        sources=("source", lambda names: " ".join(sorted(set(names)))),
        late=("late", "sum"),
        report_unknown=("unknown", "sum"),
    )


def _meet(places: pd.DataFrame, rule: CaseReviewRule) -> pd.DataFrame:
    """Keep the places that meet the rule, and say by which part of it."""
    enough = places["incidents"] >= rule.number
    hate = places["hate"] >= (rule.hate_number or float("inf"))
    words = pd.Series("hate", index=places.index, dtype="str")
    words = words.mask(enough, f"{rule.number} in {rule.months} months")
    words = words.mask(enough & hate, f"{rule.number} in {rule.months} months, hate")
    met = places.assign(rule=words)[enough | hate]
    return met.sort_values(
        ["incidents", "last_day", "kind", "place"],
        ascending=[False, False, True, True],
        kind="stable",
    )


def _without_twins(signs: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Leave out cases whose qualifying incidents all stand under one listed address."""
    good = events[events["state"] == "1 qualifies"]
    members = good.groupby(["kind", "place"])["event"].agg(frozenset).to_dict()
    under = [members["address", place] for place in signs.loc[signs["kind"] == "address", "place"]]
    own = [
        kind == "address" or not any(members[kind, place] <= those for those in under)
        for kind, place in zip(signs["kind"], signs["place"], strict=True)
    ]
    kept = signs.loc[np.array(own, dtype=np.bool_)]
    return plain_days(kept)[list(SIGN_COLUMNS)].reset_index(drop=True)
