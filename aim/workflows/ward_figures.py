"""A ward in figures that cannot be taken apart: the page, and the files one may keep of it."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from aim.access import audit_entry, figure_wards_of, require
from aim.access.disclosure import ALL_THEMES
from aim.config import Settings
from aim.errors import ExportError, NotAllowedError, NotFoundError
from aim.exports import Listing, Paper, Part, exporter_for, write_listing, write_pdf, write_png
from aim.maps import still_map_svg, trend_svg
from aim.model.handling import Stamp
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.places import PlaceKind
from aim.model.times import read_month
from aim.model.types import read_taxonomy, slug_of
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.elections import election_holds
from aim.workflows.figure_lines import (
    CHART_MONTHS,
    LATE_SAID,
    YEAR,
    BandLine,
    ThemeLine,
    chosen_period,
    count_months,
    months_of,
    quarter_bands,
    say_compared,
    say_months,
    say_total,
    theme_lines,
)
from aim.workflows.figures import FigureGrid, figure_grid, safe_hotspots_of
from aim.workflows.stamps import figures_stamp
from aim.workflows.views import Chart, Choice, ExportedFile, Figure
from aim.workflows.ward_tasks import DOING_SAID, WardDoings, say_doings, ward_doings

PURPOSE = "For ward casework, not campaigning"
FILE_FORMATS = ("pdf", "png", "csv", "geojson")
_PICTURES = {"pdf": "application/pdf", "png": "image/png"}
_PAPER_WIDTH = 680
# Themes whose places are asked for most; each theme's hotspots are released apart.
PLACE_THEMES = ("asb", "violence", "damage", "vehicle", "environmental")

BANDS_SAID = (
    "Sensitive reports (such as domestic abuse, sexual offences and hate crime) are given for whole"
    " quarters and in bands, so that nobody can be picked out."
)
DOING, DID = "What is being done", "You said, we did"
MOST_DOINGS, LONGEST_TOLD = 5, 160
PLACES_SAID = (
    "Places are squares of 250 metres with at least eight addresses and five reports; ranks and"
    " exact numbers are not given."
)
ELECTION_SAID = "A pre-election period holds: downloads show only figures that are public already."


@dataclass(frozen=True, slots=True)
class SafePlace:
    """A place reports concentrate in, as it may be told."""

    label: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class WardLine:
    """One ward in the list of wards."""

    code: str
    name: str
    reports: int
    change: str
    busiest: str


@dataclass(frozen=True, slots=True)
class FiguresList:
    """The wards a reader may see; without wards where no month is complete."""

    period_said: str
    compared: str
    wards: tuple[WardLine, ...]
    stamp_lines: tuple[str, ...]
    complete_line: str


@dataclass(frozen=True, slots=True)
class WardFigures:
    """A ward's page for people who see figures only."""

    code: str
    name: str
    period: str
    period_said: str
    lead: str
    periods: tuple[Choice, ...]
    wards: tuple[Choice, ...]
    figures: tuple[Figure, ...]
    themes: tuple[ThemeLine, ...]
    compared: str
    quarter: str
    bands: tuple[BandLine, ...]
    places: tuple[SafePlace, ...]
    map_svg: str
    chart: Chart
    paper_chart: str
    notes: tuple[str, ...]
    stamp_lines: tuple[str, ...]
    complete_line: str
    public_only: bool = False
    doings: WardDoings = field(default_factory=WardDoings)


def figure_wards(store: Store, actor: Actor) -> tuple[Choice, ...]:
    """Return the wards whose figures an actor may see: the own first, then by name.

    Raises
    ------
    NotAllowedError
        The actor may not see figures.
    """
    require(actor, Action.VIEW_FIGURES)
    own = figure_wards_of(actor)
    wards = store.wards(EVERYTHING).sort_values("ward_name")
    mine = wards["ward_code"].isin(actor.wards)
    wards = pd.concat([wards[mine], wards[~mine]])
    return tuple(
        Choice(code, name)
        for code, name in zip(wards["ward_code"], wards["ward_name"], strict=True)
        if own is None or code in own
    )


def ward_figures_view(
    store: Store, actor: Actor, settings: Settings, *, code: str, period: str = "", today: date
) -> WardFigures:
    """Build a ward's page from the released grid.

    Parameters
    ----------
    store, actor, settings
        Where, who, and what stands at the head and foot.
    code
        Of the ward.
    period
        A complete month, ``2026-04``, or ``last-12``; the latest complete month if empty.
    today
        The London day; in a pre-election period the page says what downloads hold.

    Returns
    -------
    WardFigures
        Every number of it is in the grid released to the actor's audience.

    Raises
    ------
    NotAllowedError
        The actor may not see this ward's figures.
    NotFoundError
        No such ward, or no month is complete.
    ParameterError
        The period is none of the grid's.
    """
    allowed = _allowed(store, actor, code)
    count_view(store, actor, "ward figures")
    view = _build(store, actor, settings, code=code, period=period, allowed=allowed)
    doings = ward_doings(store, actor, code)
    view = replace(view, doings=doings, notes=_with_doing_note(view, doings))
    if election_holds(store, today):
        return replace(view, notes=(ELECTION_SAID, *view.notes))
    return view


def _with_doing_note(view: WardFigures, doings: WardDoings) -> tuple[str, ...]:
    return (*view.notes, DOING_SAID) if doings else view.notes


def figures_view(store: Store, actor: Actor, settings: Settings) -> FiguresList:
    """List the wards an actor may see with their latest complete month.

    Raises
    ------
    NotAllowedError
        The actor may not see figures.
    """
    wards = figure_wards(store, actor)
    count_view(store, actor, "figures")
    grid = figure_grid(store, actor)
    stamp = figures_stamp(store, settings, grid.coverage)
    months, before = months_of(grid, grid.months[-1]) if grid.months else ([], [])
    return FiguresList(
        period_said=say_months(grid, months[0]) if months else "",
        compared=say_compared(before) if months else "",
        wards=tuple(_ward_line(grid, ward, months, before) for ward in wards if months),
        stamp_lines=(*stamp.lines(), PURPOSE),
        complete_line=stamp.complete_line(),
    )


def _ward_line(grid: FigureGrid, ward: Choice, months: list[str], before: list[str]) -> WardLine:
    by_month = count_months(grid, ward.value, public_only=False)
    *themes, total = theme_lines(by_month, months, before)
    busiest = themes[0].name if themes[0].reports else ""
    return WardLine(ward.value, ward.label, total.reports, total.change, busiest)


def ward_figures_file(
    store: Store,
    actor: Actor,
    settings: Settings,
    *,
    code: str,
    period: str = "",
    file_format: str,
    today: date,
) -> ExportedFile:
    """Write a ward's page to a file: the numbers of the screen, marked, and put on record.

    Parameters
    ----------
    store, actor, settings, code, period, today
        As for the page.
    file_format
        ``pdf`` or ``png`` for one page, ``csv`` for the figures, ``geojson`` for the places.

    Raises
    ------
    NotAllowedError, NotFoundError, ParameterError
        As for the page.
    ExportError
        No such format.
    """
    require(actor, Action.EXPORT_FIGURES)
    if file_format not in FILE_FORMATS:
        raise ExportError(
            f"The format {file_format!r} was asked for; there are {', '.join(FILE_FORMATS)}."
        )
    view = figures_to_keep(store, actor, settings, code=code, period=period, today=today)
    coverage = figure_grid(store, actor).coverage
    stamp = figures_stamp(store, settings, coverage, who=actor.id, made=today)
    made = _write(store, actor, view, stamp, file_format)
    with store.transaction() as changes:
        changes.record(
            audit_entry(
                actor,
                Action.EXPORT_FIGURES,
                ward=code,
                period=view.period,
                format=file_format,
                public_only=view.public_only,
                sha256=hashlib.sha256(made.content).hexdigest(),
            )
        )
    return made


def figures_to_keep(
    store: Store, actor: Actor, settings: Settings, *, code: str, period: str = "", today: date
) -> WardFigures:
    """Build a ward's page as it may leave the hub on a day; the caller puts that on record.

    Raises
    ------
    NotAllowedError, NotFoundError, ParameterError
        As for the page.
    """
    require(actor, Action.EXPORT_FIGURES)
    allowed = _allowed(store, actor, code)
    closed = election_holds(store, today)
    view = _build(
        store, actor, settings, code=code, period=period, allowed=allowed, public_only=closed
    )
    doings = ward_doings(store, actor, code, to_keep=True, public_only=closed)
    return replace(view, doings=doings, notes=_with_doing_note(view, doings))


def _allowed(store: Store, actor: Actor, code: str) -> tuple[Choice, ...]:
    """Return the actor's wards, or say why this one is not among them."""
    allowed = figure_wards(store, actor)
    name = _name_of(store, code)
    if code not in {ward.value for ward in allowed}:
        own = ", ".join(ward.label for ward in allowed) or "none"
        raise NotAllowedError(
            f"{actor.id} may not view the figures of {name}: a councillor sees the own wards"
            f" ({own}). Ask the hub's administrator if that has changed."
        )
    return allowed


def _build(
    store: Store,
    actor: Actor,
    settings: Settings,
    *,
    code: str,
    period: str,
    allowed: tuple[Choice, ...],
    public_only: bool = False,
) -> WardFigures:
    grid = figure_grid(store, actor)
    chosen = chosen_period(grid, period)
    name, said = _name_of(store, code), say_months(grid, chosen)
    by_month = count_months(grid, code, public_only=public_only)
    months, before = months_of(grid, chosen)
    themes = theme_lines(by_month, months, before)
    total = themes.pop()
    quarter, bands = ("", ()) if public_only else quarter_bands(grid, code)
    shapes = _shapes(store, actor, code, months if len(months) == 1 and not public_only else [])
    stamp = figures_stamp(store, settings, grid.coverage)
    return WardFigures(
        code=code,
        name=name,
        period=chosen,
        period_said=said,
        lead=say_total(total, said),
        periods=_period_choices(grid, chosen),
        wards=tuple(replace(ward, chosen=ward.value == code) for ward in allowed),
        figures=_headline(total, themes),
        themes=tuple(themes),
        compared=say_compared(before),
        quarter=quarter,
        bands=bands,
        places=tuple(_told_places(store, shapes)),
        map_svg=still_map_svg(store.wards(EVERYTHING), chosen=[code], places=shapes),
        chart=_chart(by_month, grid, name),
        paper_chart=_chart(by_month, grid, name, width=_PAPER_WIDTH).svg,
        notes=(*([BANDS_SAID] if bands else []), PLACES_SAID, LATE_SAID),
        stamp_lines=(*stamp.lines(), PURPOSE),
        complete_line=stamp.complete_line(),
        public_only=public_only,
    )


def _name_of(store: Store, code: str) -> str:
    wards = store.wards(EVERYTHING)
    found = wards.loc[wards["ward_code"] == code, "ward_name"]
    if found.empty:
        raise NotFoundError(f"There is no ward {code} in the current set; see the list of wards.")
    return str(found.iloc[0])


def _period_choices(grid: FigureGrid, chosen: str) -> tuple[Choice, ...]:
    months = [(month, f"{read_month(month):%B %Y}") for month in reversed(grid.months)]
    if len(months) >= CHART_MONTHS:
        months.insert(0, (YEAR, say_months(grid, YEAR)))
    return tuple(Choice(value, label, value == chosen) for value, label in months)


def _headline(total: ThemeLine, themes: list[ThemeLine]) -> tuple[Figure, ...]:
    busiest = themes[0] if themes and themes[0].reports else None
    figures = [Figure("Reports", f"{total.reports:,}", total.change)]
    if busiest:
        figures.append(Figure("Most about", busiest.name, f"{busiest.reports:,} reports"))
    return tuple(figures)


def _shapes(store: Store, actor: Actor, code: str, months: list[str]) -> gpd.GeoDataFrame:
    """Return a month's safe hotspots of this ward, every theme, numbered in a fixed order."""
    found = []
    for month in months:
        for theme in PLACE_THEMES:
            shapes = safe_hotspots_of(store, actor, month=month, theme=theme).shapes
            found.append(shapes[shapes["ward_code"] == code].assign(theme=theme))
    if not found or all(one.empty for one in found):
        return gpd.GeoDataFrame(
            {"rank": [], "theme": [], "at_least": [], "squares": []}, geometry=[], crs="EPSG:27700"
        )
    together = pd.concat([one for one in found if len(one)], ignore_index=True)
    return gpd.GeoDataFrame(together.assign(rank=range(1, len(together) + 1)), crs="EPSG:27700")


def _told_places(store: Store, shapes: gpd.GeoDataFrame) -> list[SafePlace]:
    """Name each place by the street nearest to its middle, whatever was reported there."""
    if shapes.empty:
        return []
    names = read_taxonomy().themes
    places = store.places(EVERYTHING)
    streets = places[places["kind"] == PlaceKind.STREET.value]
    tree = shapely.STRtree(shapely.points(streets["easting"], streets["northing"]))
    told = []
    for row in shapes.itertuples():
        middle = shapely.point_on_surface(row.geometry)
        nearest = tree.nearest(middle) if len(streets) else None
        where = f"around {streets['name'].iloc[nearest]}" if nearest is not None else "on the map"
        reports = f"at least {row.at_least} reports in each 250 m square"
        told.append(SafePlace(str(row.rank), where, f"{names[row.theme]}: {reports}"))
    return told


def _chart(
    by_month: pd.DataFrame, grid: FigureGrid, name: str, *, width: int | None = None
) -> Chart:
    months = list(grid.months[-CHART_MONTHS:])
    reports = by_month.loc[months, ALL_THEMES].astype("int64")
    counts = dict(zip(months, reports.tolist(), strict=True))
    title = f"Reports in {name} by month"
    return Chart(
        title,
        str(trend_svg({"Reports": counts}, title=title, unit="reports", width=width)),
        ("Month", "Reports"),
        tuple((f"{read_month(month):%B %Y}", f"{count:,}") for month, count in counts.items()),
    )


# --- files -------------------------------------------------------------------------------------


def _write(
    store: Store, actor: Actor, view: WardFigures, stamp: Stamp, file_format: str
) -> ExportedFile:
    name = f"{slug_of(view.name)}-{view.period}"
    if file_format in _PICTURES:
        paper = _paper(view, stamp)
        content = write_pdf(paper) if file_format == "pdf" else write_png(paper)
        return ExportedFile(f"{name}.{file_format}", _PICTURES[file_format], content)
    listing = (
        _places_listing(store, actor, view, stamp)
        if file_format == "geojson"
        else _figures_listing(view, stamp)
    )
    exporter = exporter_for(file_format)
    content = write_listing(listing, file_format)
    return ExportedFile(f"{name}{exporter.suffix}", exporter.media_type, content)


def _paper(view: WardFigures, stamp: Stamp) -> Paper:
    themes = [line for line in view.themes if line.reports]
    parts = [
        Part(
            "What was reported",
            text=(view.compared,),
            columns=("Theme", "Reports", "Change"),
            rows=tuple((line.name, f"{line.reports:,}", line.change) for line in themes),
            numbers=(1,),
            half=True,
        )
    ]
    if view.places:
        parts.append(
            Part(
                "Where reports concentrate",
                columns=("", "Where", "What"),
                rows=tuple((place.label, place.where, place.what) for place in view.places),
                picture=view.map_svg,
                alt=f"Map of {view.name}; the table below it names each place drawn.",
                half=True,
            )
        )
    said = "; ".join(f"{month} {count}" for month, count in view.chart.rows)
    parts.append(Part(view.chart.title, picture=view.paper_chart, alt=f"Bars: {said}."))
    parts += _doing_parts(view.doings)
    if view.bands:
        parts.append(
            Part(
                f"Sensitive reports, {view.quarter}",
                columns=("Theme", "Reports"),
                rows=tuple((line.name, line.words) for line in view.bands),
            )
        )
    return Paper(
        f"{view.name}: {view.period_said}",
        stamp,
        lead=view.lead,
        facts=tuple((figure.label, figure.value) for figure in view.figures),
        parts=tuple(parts),
        notes=view.notes,
        purpose=PURPOSE,
    )


def _doing_parts(doings: WardDoings) -> list[Part]:
    """Return what is being done and what came of it, as much as a page holds."""
    parts = []
    if doings.doing:
        rows = tuple((one.what, one.agency, one.stage) for one in doings.doing[:MOST_DOINGS])
        parts.append(Part(DOING, columns=("What", "Who", "How it stands"), rows=rows, half=True))
    if doings.did:
        told = tuple((one.what, _cut(one.came)) for one in doings.did[:MOST_DOINGS])
        parts.append(Part(DID, columns=("What", "What came of it"), rows=told, half=True))
    return parts


def _cut(text: str) -> str:
    """Return the first sentence of a text, for a page that holds no more."""
    first = text.split("\n", 1)[0].split(". ", 1)[0].strip()
    return f"{first[:LONGEST_TOLD].rstrip('.')}."


def _figures_listing(view: WardFigures, stamp: Stamp) -> Listing:
    rows = [
        (view.name, view.period_said, line.name, "as reported", str(line.reports), line.change)
        for line in view.themes
    ]
    rows += [
        (view.name, view.quarter, line.name, "sensitive, in bands", line.words, "")
        for line in view.bands
    ]
    columns = ["ward", "period", "theme", "kind", "reports", "change"]
    return Listing(
        f"{view.name}: {view.period_said}",
        pd.DataFrame(rows, columns=columns),
        stamp,
        notes=(f"{PURPOSE}.", *view.notes, *say_doings(view.doings)),
        name="figures",
    )


def _places_listing(store: Store, actor: Actor, view: WardFigures, stamp: Stamp) -> Listing:
    months = [] if view.public_only or view.period == YEAR else [view.period]
    shapes = _shapes(store, actor, view.code, months)
    told = {place.label: place for place in view.places}
    rows = shapes.assign(
        ward=view.name,
        period=view.period_said,
        place=[told[str(rank)].where for rank in shapes["rank"]],
        told=[told[str(rank)].what for rank in shapes["rank"]],
    )[["ward", "period", "rank", "place", "told", "geometry"]]
    return Listing(
        f"{view.name}: places, {view.period_said}",
        gpd.GeoDataFrame(rows, crs="EPSG:27700"),
        stamp,
        notes=(f"{PURPOSE}.", *view.notes),
        name="places",
    )
