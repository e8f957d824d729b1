"""Tables of a strategic assessment: rates, localities by year, vulnerable localities, top places.

Counts are as reported and of every sensitivity, as on the page of a ward; places are named after
no sensitive report.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from aim import __version__
from aim.access import hide_sensitive_words, reach_of, require
from aim.analysis import (
    locality_table,
    rates_per_1000,
    smooth_rates,
    top_locations,
    vulnerable_localities,
)
from aim.analysis.quality import at_default_points
from aim.config import Settings
from aim.errors import ParameterError
from aim.exports import Listing, text_table
from aim.model.filters import IncidentFilter
from aim.model.people import Action, Actor, Reach
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.counting import count_by, counted_incidents, left_out
from aim.workflows.doubts import default_points, doubts_within
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.periods import chosen
from aim.workflows.stamps import stamp_of
from aim.workflows.tables import Column, TableView, decimal, percent, table_view, whole
from aim.workflows.views import Choice, ExportedFile, FilterForm
from aim.workflows.words import say_filter, say_left_out, say_period

PEOPLE, HOMES = "population", "households"
PER = {"people": PEOPLE, "households": HOMES}
# What the index of vulnerable localities is made of where nobody says otherwise; the head counts'
# further columns come on top.
INDEX_TYPES = ("burglary", "criminal-damage-and-arson")
ALL_TYPES = "All types"
_DATED = ("incident_id", "incident_type", "occurred_from")
_NAMED = ("incident_id", "source", "sensitivity", "location_text", "easting", "northing")
MOST, MOST_LISTED = 3, 50


ALL_AREAS = "All areas"


@dataclass(frozen=True, slots=True)
class AreaQuestion:
    """Which table is asked for, and how.

    Attributes
    ----------
    kind
        ``rates``, ``localities``, ``vulnerable`` or ``top``.
    per
        What rates are for: ``people`` or ``households``.
    most
        How many of the top places are listed.
    each
        Whether each area gets a list of its own top places.
    """

    kind: str
    per: str = "people"
    most: int = MOST
    each: bool = False

    def __post_init__(self) -> None:
        """Refuse what no table is made of."""
        if self.kind not in KINDS:
            raise ParameterError(f"The tables are {', '.join(KINDS)}; found {self.kind!r}.")
        if self.per not in PER:
            raise ParameterError(f"`per` takes {' or '.join(PER)}; found {self.per!r}.")
        if not 1 <= self.most <= MOST_LISTED:
            raise ParameterError(f"`most` is from 1 to {MOST_LISTED}; found {self.most!r}.")


@dataclass(frozen=True, slots=True)
class AreaTable:
    """One table with what goes with it.

    Attributes
    ----------
    title
        What it is.
    rows
        As files hold it.
    columns
        How a page writes it.
    words
        What stands out, in a sentence; empty where nothing does.
    warnings
        What to know before using it.
    facts
        Plain values that travel with it.
    """

    title: str
    rows: pd.DataFrame
    columns: tuple[Column, ...]
    words: str = ""
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AreasView:
    """Everything on the page of tables by area."""

    asked: AreaQuestion
    kinds: tuple[tuple[str, str, str], ...]  # kind, name, query
    query: str
    sets: tuple[Choice, ...]
    form: FilterForm
    summary: str
    words: str
    table: TableView | None
    fault: str
    warnings: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question made ready."""

    store: Store
    reach: Reach
    wanted: IncidentFilter
    question: AreaQuestion
    year_starts: int
    names: Mapping[str, str]  # by code, each its own


def area_table(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: AreaQuestion,
    *,
    year_starts: int = 4,
) -> AreaTable:
    """Make one table of the areas of a boundary set.

    Parameters
    ----------
    wanted
        The filter; its wards choose rows and change no rate.
    year_starts
        The month years start in.

    Raises
    ------
    ParameterError
        No boundaries or head counts are loaded, or nothing is left to count.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    if wards.empty:
        raise ParameterError("A table by area was asked for, but no boundaries are loaded.")
    asked = _Asked(store, reach, wanted, question, year_starts, _own_names(wards))
    made = _MAKERS[question.kind](asked)
    told = (*made.warnings, *doubts_within(store, reach, wanted))
    return AreaTable(
        made.title,
        made.rows,
        made.columns,
        made.words,
        tuple(dict.fromkeys((*told, *say_left_out(left_out(store, reach, wanted))))),
        {**made.facts, **_facts(asked)},
    )


def export_areas(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: AreaQuestion,
    settings: Settings,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write one table of areas to a file."""
    require(actor, Action.EXPORT)
    found = area_table(store, actor, wanted, question, year_starts=settings.year_starts)
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    notes = tuple(filter(None, (found.words, *found.warnings)))
    listing = Listing(
        found.title, found.rows, stamp, notes=notes, name=question.kind, facts=found.facts
    )
    return hand_out(store, actor, listing, wanted, f"areas-{question.kind}", file_format)


def area_text(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: AreaQuestion,
    *,
    year_starts: int = 4,
) -> str:
    """Return one table of areas for a terminal, with what it counts above it."""
    found = area_table(store, actor, wanted, question, year_starts=year_starts)
    told = (found.title, say_filter(wanted, {}), found.words, *found.warnings)
    head = "\n".join(filter(None, told))
    names = {column.name: column.label for column in found.columns}
    shown = found.rows[list(names)].round(2).rename(columns=names)
    return f"{head}\n\n{text_table(shown)}"


def areas_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: AreaQuestion,
    settings: Settings,
    *,
    fault: str = "",
) -> AreasView:
    """Build the page of tables by area.

    Parameters
    ----------
    fault
        Why there is no table, shown in its place.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    found = None
    if not fault:
        found = area_table(store, actor, wanted, question, year_starts=settings.year_starts)
        count_view(store, actor, "areas")
    stamp = stamp_of(store, actor, wanted, settings)
    names = _own_names(store.wards(reach, ward_set=wanted.ward_set))
    return AreasView(
        asked=question,
        kinds=tuple((kind, name, wanted.query()) for kind, name in KINDS.items()),
        query=wanted.query(),
        sets=tuple(
            Choice(one.name, one.name, one.name == wanted.ward_set or _is_current(one, wanted))
            for one in store.ward_sets(reach)
        ),
        form=filter_form(store, reach, wanted),
        summary=say_filter(wanted, names),
        words=found.words if found else "",
        table=table_view(found.rows, found.title, found.columns) if found else None,
        fault=fault,
        warnings=found.warnings if found else (),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def _is_current(one: Any, wanted: IncidentFilter) -> bool:
    return wanted.ward_set is None and bool(one.current)


def _own_names(wards: pd.DataFrame) -> dict[str, str]:
    """Return a name of its own for each code: two wards of one name carry their codes too."""
    twice = set(wards.loc[wards["ward_name"].duplicated(), "ward_name"])
    return {
        str(code): f"{name} ({code})" if name in twice else str(name)
        for code, name in zip(wards["ward_code"], wards["ward_name"], strict=True)
    }


def _facts(asked: _Asked) -> dict[str, Any]:
    return {
        "filter": asked.wanted.words(),
        "data_version": asked.store.data_version(),
        "program_version": __version__,
    }


# --- rates ---------------------------------------------------------------------------------------


def _rates(asked: _Asked) -> AreaTable:
    people, told = _exposures(asked, PER[asked.question.per])
    counts = _counts(asked, asked.wanted)["incidents"].reindex(people.index)
    if not counts.sum():
        raise ParameterError("No incident of this filter lies in these areas, so there is no rate.")
    rates = rates_per_1000(counts, people)
    smooth = smooth_rates(counts, people)
    rows = rates.assign(smoothed=smooth.rates["smoothed"], kept=smooth.rates["weight"])
    rows = rows.rename(columns={"population": asked.question.per})
    ordered = _with_names(asked, rows).sort_values(
        ["smoothed", "ward_code"], ascending=[False, True], ignore_index=True
    )
    return AreaTable(
        f"Incidents for each 1,000 {asked.question.per}, {say_period(asked.wanted)}",
        _chosen_wards(asked, ordered),
        _RATE_COLUMNS[asked.question.per],
        _say_highest(ordered, smooth.mean, asked.question.per),
        (*told, *smooth.warnings, _RESIDENTS),
        {"per": asked.question.per, "common_rate": smooth.mean, "interval": 0.95},
    )


_RESIDENTS = (
    "Those who live in an area are not those who are in it: a town centre has few of the one and"
    " many of the other, and its rate says little of anybody's risk."
)


def _exposures(asked: _Asked, column: str) -> tuple[pd.Series, list[str]]:
    """Return the people or households of each area that has any, and what areas have none."""
    counts = asked.store.population(asked.reach, ward_set=asked.wanted.ward_set)
    if column not in counts:
        raise ParameterError(
            f"The {column} of these areas were asked for, but none are loaded; load a table that"
            " carries the areas' codes: aim wards population FILE."
        )
    people = counts.set_index("ward_code")[column].reindex(list(asked.names))
    none = [asked.names[str(code)] for code in people.index[~(people > 0)]]
    told = [f"Without {column}, so without a rate: {', '.join(none)}."] if none else []
    return people[people > 0], told


def _counts(asked: _Asked, wanted: IncidentFilter) -> pd.DataFrame:
    """Count by area, those of none as nought; wards chosen in the filter change nothing."""
    found = count_by(asked.store, asked.reach, wanted.without_wards(), by=("ward_code",))
    inside = found.dropna(subset=["ward_code"]).set_index("ward_code")[["incidents"]]
    return inside.reindex(pd.Index(list(asked.names), name="ward_code"), fill_value=0)


def _with_names(asked: _Asked, rows: pd.DataFrame) -> pd.DataFrame:
    named = rows.rename_axis("ward_code").reset_index()
    named.insert(1, "area", named["ward_code"].map(asked.names).astype("str"))
    return named


def _chosen_wards(asked: _Asked, rows: pd.DataFrame) -> pd.DataFrame:
    if not asked.wanted.wards:
        return rows
    return rows[rows["ward_code"].isin(asked.wanted.wards)].reset_index(drop=True)


def _say_highest(rows: pd.DataFrame, common: float, per: str) -> str:
    top = rows.iloc[0]
    if not top["smoothed"] > common:
        return ""
    return (
        f"{top['area']} stands highest: {top['rate']:.1f} for each 1,000 {per} (between"
        f" {top['low']:.1f} and {top['high']:.1f}), where all areas together have {common:.1f}."
    )


def _rate_columns(per: str) -> tuple[Column, ...]:
    return (
        Column("area", "Area"),
        whole("Incidents", "incidents"),
        whole(per.capitalize(), per),
        decimal("For each 1,000", "rate"),
        decimal("At least", "low"),
        decimal("At most", "high"),
        decimal("Smoothed", "smoothed"),
    )


_RATE_COLUMNS = {per: _rate_columns(per) for per in PER}


# --- localities by year --------------------------------------------------------------------------


def _localities(asked: _Asked) -> AreaTable:
    rows = counted_incidents(asked.store, asked.reach, asked.wanted, columns=_DATED)
    kinds = rows["incident_type"] if asked.wanted.types else ALL_TYPES
    found = locality_table(
        rows.assign(incident_type=kinds),
        rows["ward_code"].map(asked.names),
        year_starts=asked.year_starts,
        covers=_covers(asked),
    )
    years = [str(year) for year in found.counts.columns]
    table = _named_whole(found.counts.reset_index().rename_axis(columns=None))
    named = table.assign(incident_type=table["incident_type"].map(_type_name))
    rows = named.rename(columns={"incident_type": "type", "locality": "area"})
    return AreaTable(
        "Incidents by area and year",
        rows,
        (Column("type", "Type"), Column("area", "Area"), *(whole(year, year) for year in years)),
        warnings=found.warnings,
        facts={"year_starts": asked.year_starts},
    )


def _named_whole(table: pd.DataFrame) -> pd.DataFrame:
    """Call the line of all areas together what people call it."""
    return table.assign(locality=table["locality"].replace("all", ALL_AREAS))


def _covers(asked: _Asked) -> tuple[date, date] | None:
    sources = chosen(asked.store.coverage(asked.reach), asked.wanted)
    if not sources:
        return None
    # The first row of a month is rarely stamped at its first midnight.
    since = max(one.first_day for one in sources).replace(day=1)
    until = min(one.complete_to for one in sources) + timedelta(days=1)
    asked_since, asked_until = asked.wanted.since or since, asked.wanted.until or until
    return max(since, asked_since), min(until, asked_until)


def _type_name(slug: str) -> str:
    return slug if slug == ALL_TYPES else read_taxonomy().name(slug)


# --- vulnerable localities -----------------------------------------------------------------------


def _vulnerable(asked: _Asked) -> AreaTable:
    per = HOMES if HOMES in _loaded(asked) else PEOPLE
    homes, told = _exposures(asked, per)
    indicators = _indicators(asked).reindex(homes.index)
    found = vulnerable_localities(indicators, homes)
    rows = _with_names(asked, found.indices).sort_values(
        ["index", "ward_code"], ascending=[False, True], ignore_index=True
    )
    measured = [str(name) for name in found.indices.columns if name != "index"]
    return AreaTable(
        f"Vulnerable localities, {say_period(asked.wanted)}",
        _chosen_wards(asked, rows),
        (
            Column("area", "Area"),
            *(whole(name, name) for name in measured),
            whole("Index", "index"),
        ),
        f"{rows['area'].iloc[0]} stands highest: {rows['index'].iloc[0]:.0f}, where {found.base}.",
        (*told, *found.warnings, *_say_thin(asked, measured)),
        {"per": per, "base": found.base},
    )


def _loaded(asked: _Asked) -> Sequence[str]:
    counts = asked.store.population(asked.reach, ward_set=asked.wanted.ward_set)
    return [str(name) for name in counts.columns]


def _indicators(asked: _Asked) -> pd.DataFrame:
    """Count each type or theme asked for, beside the further columns of the head counts."""
    types = asked.wanted.types or INDEX_TYPES
    counts = {_type_name(slug): _count_of_type(asked, slug) for slug in types}
    loaded = asked.store.population(asked.reach, ward_set=asked.wanted.ward_set)
    others = loaded.set_index("ward_code").drop(columns=[PEOPLE, HOMES], errors="ignore")
    return pd.DataFrame(counts).join(others).fillna(0)


def _count_of_type(asked: _Asked, slug: str) -> pd.Series:
    return _counts(asked, replace(asked.wanted, types=(slug,)))["incidents"]


_THIN = (
    "By custom the index joins crime with income, employment, education and young people; only"
    " reported incidents are in it here. Load the others with: aim wards population FILE"
    " --indicator COLUMN."
)


def _say_thin(asked: _Asked, measured: Sequence[str]) -> list[str]:
    named = {_type_name(slug) for slug in asked.wanted.types or INDEX_TYPES}
    if set(measured) - named:
        return []
    return [_THIN]


# --- top places ----------------------------------------------------------------------------------


def _top(asked: _Asked) -> AreaTable:
    rows = hide_sensitive_words(
        counted_incidents(asked.store, asked.reach, asked.wanted, columns=_NAMED)
    )
    misplaced = at_default_points(rows, default_points(asked.store, asked.reach))
    rows.loc[misplaced, "location_text"] = None
    areas = rows["ward_code"].map(asked.names) if asked.question.each else None
    found = top_locations(rows, areas, most=asked.question.most)
    told = [
        _say_unnamed(int(rows["location_text"].isna().sum() - misplaced.sum())),
        *say_left_out({"default_points": int(misplaced.sum())}),
    ]
    return AreaTable(
        f"Places with the most incidents, {say_period(asked.wanted)}",
        _named_whole(found).rename(columns={"locality": "area", "location": "place"}),
        (
            Column("area", "Area"),
            whole("Rank", "rank"),
            Column("place", "Place"),
            whole("Incidents", "incidents"),
            percent("Share of its area", "share"),
        ),
        warnings=tuple(filter(None, told)),
        facts={"most": asked.question.most},
    )


def _say_unnamed(count: int) -> str:
    return f"{count:,} incidents name no place, or none to be shown." if count else ""


KINDS = {
    "rates": "Rates",
    "localities": "Areas by year",
    "vulnerable": "Vulnerable localities",
    "top": "Top places",
}
_MAKERS: Mapping[str, Callable[[_Asked], AreaTable]] = {
    "rates": _rates,
    "localities": _localities,
    "vulnerable": _vulnerable,
    "top": _top,
}
