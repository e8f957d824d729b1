"""The history of places: found month by month, followed, and told in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from aim.access import hide_sensitive_words, reach_of, require
from aim.analysis import FollowedPlaces, follow_places, match_hotspots
from aim.analysis.pasts import HOT_AT, WINDOW
from aim.config import Settings
from aim.exports import Listing, text_table
from aim.maps import months_svg
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters, HotspotRun
from aim.model.people import Action, Actor, Reach
from aim.model.times import local_months, say_month
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.doubts import doubts_within
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.hotspots import series_of
from aim.workflows.links import page_of
from aim.workflows.memory import Memory
from aim.workflows.past_words import say_class, say_judged, say_meaning
from aim.workflows.pasts import MONTHS, Steps, steps_of
from aim.workflows.periods import within
from aim.workflows.searching import taking_part
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile, FilterForm
from aim.workflows.words import say_filter

ROWS_A_PAGE = 25
NOTHING = "The store holds no complete month for these choices."
_COLUMNS = (
    "place", "wards", "class", "what_it_is", "first_seen", "last_seen", "months_present",
    "months_observed", "incidents", "hotspot_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """Places followed through the months of a filter.

    Attributes
    ----------
    places
        One row a place, those still found first: ``place``, ``wards``, ``class`` (a word of
        ``HistoryClass``), ``what_it_is`` (the word people read), ``first_seen`` and ``last_seen``
        (months of searches), ``months_present`` of ``months_observed`` searches, ``incidents`` on
        its ground over the months, ``hotspot_id`` (of saved runs, missing where there is none) and
        ``ward_codes``; the index is the identity within this history.
    counts
        Incidents on the ground of each place by month, outages too.
    hot
        Whether each month, with those of its window, stood out; judged months alone.
    events
        Sentences: what split, what merged, and when.
    facts
        Filter, parameters, months, window, what was left out, data version.
    warnings
        What to know before reading it.
    """

    places: pd.DataFrame
    counts: pd.DataFrame
    hot: pd.DataFrame
    events: tuple[str, ...]
    facts: dict[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One place of the page."""

    place: str
    wards: str
    word: str
    meaning: str
    first_seen: str
    present: str
    incidents: str
    hotspot_id: str | None
    svg: str
    months: tuple[tuple[str, str, str], ...]  # month, incidents, whether it stands out


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Everything on the page of histories."""

    form: FilterForm
    query: str
    months: int
    summary: str
    judged: str
    made_with: str
    rows: tuple[HistoryRow, ...]
    places: int
    events: tuple[str, ...]
    warnings: tuple[str, ...]
    page: int
    pages: int
    complete_line: str
    stamp_lines: tuple[str, ...]


_HISTORIES: Memory[History] = Memory(4)


def place_history(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters | None = None,
    *,
    months: int = MONTHS,
) -> History:
    """Follow the places of a filter month by month and say what each is.

    Each month is searched together with the five before it; what a place is called is told by what
    happened on its ground, outages left out.

    Parameters
    ----------
    wanted
        The filter, its wards as codes: they choose places, not incidents. Its last day ends the
        months, its first day begins them.
    parameters
        How to search; the defaults if missing.
    months
        How many months at most, to the newest complete one.

    Returns
    -------
    History
        No row where nothing is dense enough, or no month is complete.

    Raises
    ------
    ParameterError
        The number of months is out of range.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    asked = replace(parameters or HotspotParameters(), cluster_within=False)
    whole = wanted.without_wards()
    history = _HISTORIES.recall(
        store,
        (reach, whole, asked, months),
        lambda: _follow(store, reach, whole, asked, months),
    )
    return _in_wards(_with_saved(store, reach, history), wanted)


def _follow(
    store: Store, reach: Reach, wanted: IncidentFilter, asked: HotspotParameters, months: int
) -> History:
    steps = steps_of(store, reach, wanted, months=months, from_since=True)
    facts = _facts(store, wanted, asked, steps)
    if steps.span is None:
        empty = pd.DataFrame(columns=[*_COLUMNS, "ward_codes"])
        return History(empty, empty[[]], empty[[]], (), facts, (NOTHING,))
    over = within(wanted, steps.span)
    incidents = hide_sensitive_words(taking_part(store, reach, over, asked)[0])
    wards = store.wards(reach, ward_set=wanted.ward_set)
    followed = follow_places(
        incidents,
        local_months(incidents["occurred_from"]).astype("str"),
        asked,
        steps=steps.months,
        wards=wards if len(wards) else None,
        unobserved=steps.unobserved,
    )
    numbers = sorted({run.min_samples for run in followed.runs.values()})
    return History(
        _places(followed),
        followed.pasts.counts,
        followed.pasts.hot,
        _say_events(followed),
        facts | {"min_samples_used": numbers, "shapes": followed.trace.places.geometry},
        (*steps.warnings, *doubts_within(store, reach, over)),
    )


def _facts(
    store: Store, wanted: IncidentFilter, asked: HotspotParameters, steps: Steps
) -> dict[str, Any]:
    return {
        "filter": wanted.words(),
        "parameters": asked.as_dict(),
        "months": list(steps.months),
        "window": WINDOW,
        "alpha": HOT_AT,
        "unobserved": list(steps.unobserved),
        "data_version": store.data_version(),
    }


def _places(followed: FollowedPlaces) -> pd.DataFrame:
    """Return one row a place: those of the newest search first, as it ranks them."""
    told = followed.register.hotspots.set_index("hotspot_id", drop=True)
    last = followed.trace.sightings.drop_duplicates("hotspot_id", keep="last")
    newest = last.set_index("hotspot_id").loc[told.index]
    rows = [
        followed.runs[period].hotspots.set_index("rank").loc[rank]
        for period, rank in zip(newest["period"], newest["rank"], strict=True)
    ]
    frame = pd.DataFrame(
        {
            "place": told["name"],
            "wards": [str(row["ward_names"]) for row in rows],
            "class": told["class"],
            "what_it_is": [say_class(word) for word in told["class"]],
            "first_seen": told["first_seen"],
            "last_seen": told["last_seen"],
            "months_present": told["months_present"],
            "months_observed": told["months_observed"],
            "incidents": followed.pasts.counts.sum(axis=1).astype("int64"),
            "hotspot_id": pd.Series(pd.NA, index=told.index, dtype="str"),
            "ward_codes": [str(row["wards"]) for row in rows],
        }
    )
    order = pd.DataFrame({"last": newest["period"], "rank": newest["rank"]}, index=told.index)
    order = order.sort_values(["last", "rank"], ascending=[False, True], kind="stable")
    return frame.loc[order.index]


def _say_events(followed: FollowedPlaces) -> tuple[str, ...]:
    """Put splits and merges into sentences, newest first."""
    names = followed.trace.places["name"]
    told = []
    for one in followed.trace.events.iloc[::-1].itertuples():
        others = ", ".join(str(names[other]) for other in str(one.others).split("; "))
        what = "parted into" if one.kind == "split" else "grew together from"
        told.append(f"{say_month(str(one.period))}: {names[one.hotspot_id]} {what} {others}.")
    return tuple(told)


def _with_saved(store: Store, reach: Reach, history: History) -> History:
    """Name the places that saved runs know: those of the newest run of the same series."""
    shapes = history.facts.get("shapes")
    saved = _newest_saved(store, reach, history)
    if shapes is None or saved is None:
        return history
    nobody = pd.DataFrame({"incident_id": [], "rank": [], "hotspot_id": []})
    found = match_hotspots(
        nobody,
        nobody,
        shapes=gpd.GeoSeries(shapes.to_numpy(), index=range(len(shapes))),
        earlier_shapes=gpd.GeoSeries(
            saved.hotspots.geometry.to_numpy(), index=saved.hotspots["hotspot_id"]
        ),
    )
    ids = pd.Series(found.to_numpy(), index=shapes.index, dtype="str")
    return replace(history, places=history.places.assign(hotspot_id=ids))


def _newest_saved(store: Store, reach: Reach, history: History) -> HotspotRun | None:
    series = series_of(history.facts, history.facts["parameters"])
    heads = [head for head in store.runs(reach) if series_of(head.facts, head.parameters) == series]
    return store.run(heads[-1].run_id, reach) if heads else None


def _in_wards(history: History, wanted: IncidentFilter) -> History:
    if not wanted.wards:
        return history
    asked = set(wanted.wards)
    shown = [bool(asked & set(codes.split())) for codes in history.places["ward_codes"]]
    return replace(history, places=history.places[shown])


def history_table(history: History) -> pd.DataFrame:
    """Return one row a place with its incidents by month, for files."""
    counts = history.counts.loc[history.places.index]
    return pd.concat([history.places[list(_COLUMNS)], counts], axis=1).reset_index(drop=True)


def history_notes(history: History, wanted: IncidentFilter) -> tuple[str, ...]:
    """Return how a history was made and what to know of it, as lines."""
    return (
        say_filter(wanted, {}),
        *filter(None, (say_judged(history.facts), _made_with(history.facts))),
        *history.warnings,
        *history.events,
    )


def _made_with(facts: Mapping[str, Any]) -> str:
    numbers = facts.get("min_samples_used") or []
    if not numbers:
        return ""
    eps_m = facts["parameters"]["eps_m"]
    used = f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else f"{numbers[0]}"
    auto = " (auto)" if facts["parameters"]["min_samples"] == "auto" else ""
    return (
        f"eps {eps_m:g} m, min-samples {used}{auto}, a month stands out below a chance of"
        f" {facts['alpha']:g}, data version {facts['data_version']}; no random number enters"
    )


def history_text(history: History, wanted: IncidentFilter) -> str:
    """Return a history for a terminal: how it was made, then one line a place."""
    head = "\n".join(history_notes(history, wanted))
    if history.places.empty:
        return f"{head}\n\nNo places found.\n"
    shown = history.places[["place", "what_it_is", "first_seen", "incidents"]]
    present = [
        f"{one.months_present} of {one.months_observed}" for one in history.places.itertuples()
    ]
    return f"{head}\n\n{text_table(shown.assign(months_present=present))}"


def export_history(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    months: int = MONTHS,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write the history of places to a file.

    Raises
    ------
    ExportError
        No exporter has that name.
    """
    require(actor, Action.EXPORT)
    history = place_history(store, actor, wanted, parameters, months=months)
    plain = {name: value for name, value in history.facts.items() if name != "shapes"}
    listing = Listing(
        "History of places",
        history_table(history),
        stamp_of(store, actor, wanted, settings, made=made),
        notes=history_notes(history, wanted),
        name="history",
        facts=plain | {"filter": wanted.words()},
    )
    return hand_out(store, actor, listing, wanted, "history", file_format)


def history_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    settings: Settings,
    *,
    months: int = MONTHS,
    page: int = 1,
) -> HistoryView:
    """Build the page of histories: one row a place, with a picture of its months and their table.

    Parameters
    ----------
    months
        How many months at most.
    page
        From 1; a page beyond the last is the last.
    """
    history = place_history(store, actor, wanted, parameters, months=months)
    count_view(store, actor, "history")
    reach = reach_of(actor)
    shown, page, pages = page_of(history.places, page, ROWS_A_PAGE)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    stamp = stamp_of(store, actor, wanted, settings)
    return HistoryView(
        form=filter_form(store, reach, wanted),
        query=wanted.query(),
        months=months,
        summary=say_filter(wanted, names),
        judged=say_judged(history.facts),
        made_with=_made_with(history.facts),
        rows=tuple(
            _row(identity, row, history) for identity, row in shown.to_dict("index").items()
        ),
        places=len(history.places),
        events=history.events,
        warnings=history.warnings,
        page=page,
        pages=pages,
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def _row(identity: Any, row: Mapping[Any, Any], history: History) -> HistoryRow:
    counts = {str(month): int(count) for month, count in history.counts.loc[identity].items()}
    hot = {str(month) for month, is_hot in history.hot.loc[identity].items() if is_hot}
    unobserved = set(history.facts["unobserved"])
    first = str(row["first_seen"])
    earlier = " or before" if first == next(iter(counts)) else ""
    return HistoryRow(
        place=str(row["place"]),
        wards=str(row["wards"]),
        word=str(row["what_it_is"]),
        meaning=say_meaning(str(row["class"])),
        first_seen=f"{say_month(first)}{earlier}",
        present=f"{row['months_present']} of {row['months_observed']}",
        incidents=f"{row['incidents']:,}",
        hotspot_id=None if pd.isna(row["hotspot_id"]) else str(row["hotspot_id"]),
        svg=months_svg(
            counts, title=f"{row['place']}, incidents a month", marked=hot, unobserved=unobserved
        ),
        months=tuple(
            (
                say_month(month),
                f"{count:,}",
                _say_of_month(month, hot, set(map(str, history.hot.columns)), unobserved),
            )
            for month, count in counts.items()
        ),
    )


def _say_of_month(month: str, hot: set[str], judged: set[str], unobserved: set[str]) -> str:
    if month in unobserved:
        return "No evidence: incidents are missing"
    if month not in judged:
        return "Too early to say"
    return "Stands out" if month in hot else "Does not stand out"
