"""The command ``aim``: the same jobs as the service, under the same names.

Data go to standard output or ``--out``, messages to standard error. Exit 0: done; 1: the data or
the request was wrong; 2: the command was. Rooms are opened inside the commands, so that
``aim --help`` answers at once.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from aim import __version__
from aim.errors import AimError, ParameterError, UnknownFeedError

if TYPE_CHECKING:
    from aim.config import Settings
    from aim.model.filters import IncidentFilter
    from aim.model.hotspots import HotspotParameters
    from aim.model.people import Actor
    from aim.store import Store

WRONG_REQUEST, WRONG_COMMAND = 1, 2


class FeedFirstGroup(TyperGroup):
    """A group whose first word may be a feed's name: ``aim ingest wardens FILE``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Hand a word that is no sub-command to the command that takes a feed."""
        if args and args[0] not in self.commands:
            return "feed", self.commands["feed"], args
        return super().resolve_command(ctx, args)


app = typer.Typer(
    help="AIM, Active Intelligence Mapping: from incident feeds to hotspots to tested action.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
wards_app = typer.Typer(
    help="Boundary sets: load, list, choose.\n\nExample: aim wards list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
feeds_app = typer.Typer(
    help="List the feeds, or look at any table before it is loaded.\n\nExample: aim feeds",
    rich_markup_mode=None,
)
places_app = typer.Typer(
    help="Places that find positions for reports without one.\n\nExample: aim places review",
    no_args_is_help=True,
    rich_markup_mode=None,
)
links_app = typer.Typer(
    help="Likely reports of one event by several sources.\n\nExample: aim links find",
    no_args_is_help=True,
    rich_markup_mode=None,
)
breaks_app = typer.Typer(
    help="Events after which a feed's numbers mean something else.\n\nExample: aim breaks list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
ingest_app = typer.Typer(
    help="Take in a partner's files: aim ingest FEED FILE...\n\n"
    "Example: aim ingest police-uk 2026-04-norbeck-street.csv\n\n"
    "Options of a load: aim ingest FEED --help. The feeds are listed by: aim feeds",
    no_args_is_help=True,
    cls=FeedFirstGroup,
    rich_markup_mode=None,
)
fetch_app = typer.Typer(
    help="Bring public feeds in over the network; off until AIM_ALLOW_FETCH=true.\n\n"
    "Example: aim fetch police-uk --force cleveland --since 2026-04",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(wards_app, name="wards")
app.add_typer(places_app, name="places")
app.add_typer(links_app, name="links")
app.add_typer(breaks_app, name="breaks")
app.add_typer(ingest_app, name="ingest")
app.add_typer(feeds_app, name="feeds")
app.add_typer(fetch_app, name="fetch")

# --- options that several commands share, in the words of the contract ---------------------

Ward = Annotated[list[str] | None, typer.Option(help="Ward code or name; repeatable.")]
WardSet = Annotated[str | None, typer.Option(help="Boundary set; the current one if not given.")]
Type = Annotated[
    list[str] | None, typer.Option("--type", help="Incident type or theme; repeatable.")
]
Source = Annotated[list[str] | None, typer.Option(help="Source; repeatable.")]
Since = Annotated[str | None, typer.Option(help="First day, such as 2026-04-01.")]
Until = Annotated[str | None, typer.Option(help="Day after the last, such as 2026-05-01.")]
Hours = Annotated[str | None, typer.Option(help="Clock hours, such as 20-04.")]
Days = Annotated[str | None, typer.Option(help="Days, such as fri,sat.")]
Area = Annotated[str | None, typer.Option(help="west,south,east,north in degrees, or SET:CODE.")]
IncludeOutside = Annotated[
    bool, typer.Option("--include-outside", help="Let incidents outside every ward take part.")
]
EpsM = Annotated[float | None, typer.Option(help="Neighbourhood radius in metres; 150.")]
MinSamples = Annotated[str | None, typer.Option(help="Incidents that make a place dense; auto.")]
NoSplit = Annotated[bool, typer.Option("--no-split", help="Plain DBSCAN: split nothing.")]
ClusterWithin = Annotated[
    bool, typer.Option("--cluster-within", help="Cluster the named wards alone.")
]
Out = Annotated[Path | None, typer.Option(help="File to write; standard output if not given.")]


@app.callback()
def _root() -> None:
    """Stand before every command."""


@app.command()
def version() -> None:
    """Print the version.

    Example: aim version
    """
    typer.echo(__version__)


@app.command()
def init() -> None:
    """Make the store, or bring it up to this version.

    Example: aim init
    """
    from aim import workflows

    settings = _settings()
    for line in workflows.make_store(_actor(), settings.store_url, settings.key_file):
        _say(line)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the hub.")] = 8000,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the hub when loaded.")
    ] = True,
    folder: Annotated[Path, typer.Option("--dir", help="Where the demo store is kept.")] = Path(
        "demo"
    ),
) -> None:
    """Load the sample borough, find its hotspots and serve the hub.

    Example: aim demo --port 8010
    """
    from aim import workflows

    _make_folder(folder)
    settings = _settings(
        store_url=f"sqlite:///{(folder / 'aim.db').as_posix()}",
        partnership="Norbeck Community Safety Partnership (invented sample)",
        handling="OFFICIAL (invented data)",
    )
    workflows.make_store(_actor(), settings.store_url, settings.key_file)
    with _store(settings) as store, _waiting("Loading the sample borough"):
        workflows.set_up_demo(store, _actor(), _say)
    if serve:
        _serve(settings, "127.0.0.1", port)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the hub on this computer.

    Example: aim serve --port 8010
    """
    _serve(_settings(), host, port)


@feeds_app.command("list", hidden=True)
def feeds() -> None:
    """List the feeds and the columns each reads.

    Example: aim feeds
    """
    from aim import workflows

    for row in workflows.feed_list():
        head, *facts = row.items()
        typer.echo(head[1])
        for name, value in facts:
            if value:
                typer.echo(f"    {name}: {value}")


@feeds_app.callback(invoke_without_command=True)
def _feeds(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        feeds()


@feeds_app.command("check")
def feeds_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Any table; nothing is kept.")],
    mapping: Annotated[Path | None, typer.Option(help="What each column holds, as TOML.")] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(help="Write the guess here, to edit.")
    ] = None,
) -> None:
    """Show what a table's columns are taken for, ten incidents, and what would be refused.

    Example: aim feeds check port.xlsx --save-mapping port.toml
    """
    from aim import workflows

    with _waiting(f"Reading {file.name}"):
        lines = list(workflows.check_file(file, mapping=mapping, save_mapping=save_mapping))
    for line in lines:
        typer.echo(line)


@ingest_app.command("feed", hidden=True)
def ingest(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="The feed's name: aim feeds.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files or folders.")],
    source: Annotated[str | None, typer.Option(help="Name of the source.")] = None,
    agency: Annotated[str | None, typer.Option(help="Who owns the rows.")] = None,
    replaces: Annotated[
        str | None, typer.Option(metavar="BATCH|MONTH", help="Withdraw its rows absent here.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="For table: what each column holds, as TOML.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and keep nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One object a file.")] = False,
) -> None:
    """Take in a partner's files: every row is kept, or rejected with a reason.

    Example: aim ingest wardens wardens.xlsx --agency norbeck-council
    """
    from aim import workflows

    with _open() as (_, store):
        for path in files:
            with _waiting(f"Reading {path.name}") as progress:
                report = workflows.ingest_feed(
                    store,
                    _actor(),
                    feed=feed,
                    path=path,
                    source=source,
                    agency=agency,
                    replaces=replaces,
                    dry_run=dry_run,
                    rejected_folder=None if dry_run else Path.cwd(),
                    mapping=mapping,
                    progress=progress,
                )
            _tell_report(report, as_json=as_json)


def _tell_report(report: Any, *, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps(report.as_json()))
    else:
        typer.echo(report.sentence())
    for note in report.notes:
        _say(f"  {note}")
    if report.rejected_file:
        _say(f"  Rejected rows and reasons: {report.rejected_file}")


@ingest_app.command("list")
def ingest_list() -> None:
    """List the deliveries, oldest first.

    Example: aim ingest list
    """
    from aim import workflows

    with _open() as (_, store):
        for one in workflows.delivery_list(store, _actor()):
            typer.echo(
                f"{one.batch_id}  {one.received_at:%Y-%m-%d %H:%M}  {one.state:7}  {one.feed}"
                f"  {one.file_name}: {one.read:,} read, {one.added:,} added,"
                f" {one.updated:,} updated, {one.withdrawn:,} withdrawn, {one.rejected:,} rejected"
            )


@ingest_app.command("undo")
def ingest_undo(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="Its number: aim ingest list.")],
) -> None:
    """Take a delivery back; doing it again brings the delivery back.

    Example: aim ingest undo b0007
    """
    from aim import workflows

    with _open() as (_, store), _waiting("Working the delivery back"):
        one = workflows.undo_delivery(store, _actor(), batch)
    done = "taken back" if one.state == "undone" else "brought back"
    typer.echo(f"{one.batch_id} ({one.file_name}) {done}.")


@fetch_app.command("police-uk")
def fetch_police_uk(
    force: Annotated[str, typer.Option(metavar="SLUG", help="The force, such as cleveland.")],
    since: Annotated[str, typer.Option(metavar="YYYY-MM", help="First month.")],
    until: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="Month after the last; to the newest.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to save in.")] = Path(),
    url: Annotated[str | None, typer.Option(metavar="BASE", help="Another archive.")] = None,
) -> None:
    """Save a force's monthly street files from data.police.uk; load them with aim ingest.

    Example: aim fetch police-uk --force cleveland --since 2026-04 --out police-uk
    """
    from aim import workflows

    _make_folder(out)
    with _waiting("Fetching"):
        fetched = workflows.fetch_police_uk(
            _actor(),
            force=force,
            since=since,
            until=until,
            folder=out,
            allowed=_settings().allow_fetch,
            today=_today(),
            base=url,
            tell=_say,
        )
    for path in fetched.files:
        typer.echo(path)
    if fetched.missing:
        _say(f"Not there: {', '.join(fetched.missing)}.")


@fetch_app.command("open311")
def fetch_open311(
    url: Annotated[str, typer.Argument(metavar="URL", help="The GeoReport v2 endpoint.")],
    since: Annotated[str | None, typer.Option(help="First day; 90 days ago.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to save in.")] = Path(),
) -> None:
    """Save the requests of an Open311 endpoint; load them with aim ingest.

    Example: aim fetch open311 https://example.org/open311/v2 --since 2026-04-01 --out open311
    """
    from aim import workflows
    from aim.model.times import london_midnight, read_day

    _make_folder(out)
    with _waiting("Fetching"):
        files = workflows.fetch_open311(
            _actor(),
            url=url,
            since=london_midnight(read_day(since, "since")) if since else None,
            until=datetime.now(UTC),
            folder=out,
            allowed=_settings().allow_fetch,
            tell=_say,
        )
    for path in files:
        typer.echo(path)


@app.command()
def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where files arrive.")],
    once: Annotated[bool, typer.Option("--once", help="Take in what is there, and end.")] = False,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 30,
) -> None:
    """Take in what arrives in a folder, and set it aside in done or refused with a note.

    Example: aim watch inbox --once
    """
    from aim import workflows

    with _open() as (settings, store):
        _say(f"Watching {folder}; stop with Ctrl-C.")
        try:
            workflows.watch_folder(
                store,
                _actor(),
                folder,
                every_s=every,
                keep_days=settings.keep_days,
                once=once,
                tell=_say,
            )
        except KeyboardInterrupt:
            _say("Stopped. A file that was being read is as it was; it is taken in next time.")


@wards_app.command("load")
def wards_load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Boundary file.")],
    name: Annotated[str | None, typer.Option("--set", help="Name of the set.")] = None,
    code: Annotated[str | None, typer.Option(help="Column with the codes.")] = None,
    name_column: Annotated[str | None, typer.Option("--name", help="Column with names.")] = None,
) -> None:
    """Load wards, or any other areas, and find the ward of every stored incident.

    Example: aim wards load wards_2025.geojson --set wards-2025
    """
    from aim import workflows

    with _open() as (_, store), _waiting(f"Loading {file.name}"):
        info, notes = workflows.add_ward_set(
            store, _actor(), file, name=name, code_column=code, name_column=name_column
        )
    use = "the current set" if info.current else f"use it with: aim wards use {info.name}"
    typer.echo(f"{info.name}: {info.areas} areas loaded, {use}.")
    for note in notes:
        _say(f"  {note}")


@wards_app.command("list")
def wards_list() -> None:
    """List the loaded boundary sets.

    Example: aim wards list
    """
    from aim import workflows

    with _open() as (_, store):
        for one in workflows.ward_set_list(store, _actor()):
            mark = "current" if one.current else ""
            typer.echo(f"{one.name}  {one.areas} areas  {one.file_name}  {mark}".rstrip())


@wards_app.command("use")
def wards_use(
    name: Annotated[str, typer.Argument(metavar="SET", help="Its name: aim wards list.")],
) -> None:
    """Make a loaded set the current one.

    Example: aim wards use wards-2025
    """
    from aim import workflows

    with _open() as (_, store):
        typer.echo(f"{workflows.use_ward_set(store, _actor(), name).name} is the current set.")


@links_app.command("find")
def links_find() -> None:
    """Look for likely repeats between sources; nothing is deleted.

    Example: aim links find
    """
    from aim import workflows

    with _open() as (_, store), _waiting("Looking for repeats"):
        report = workflows.find_links(store, _actor())
    typer.echo(
        f"{report.pairs:,} likely pairs, {report.certain:,} with clock times on both sides;"
        f" {report.settled:,} were settled before."
    )


@links_app.command("list")
def links_list() -> None:
    """List the links, the likeliest first.

    Example: aim links list
    """
    from aim import workflows

    with _open() as (_, store):
        typer.echo(workflows.link_text(store, _actor()), nl=False)


@links_app.command("settle")
def links_settle(
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="confirm, refuse or reopen.")],
    one: Annotated[str, typer.Argument(metavar="INCIDENT", help="An id: aim links list.")],
    other: Annotated[str, typer.Argument(metavar="INCIDENT", help="The id linked to it.")],
) -> None:
    """Confirm or refuse a link, or reopen one; the answer is remembered.

    Example: aim links settle confirm 0a1b… 9f8e…
    """
    from aim import workflows

    if verdict not in {"confirm", "refuse", "reopen"}:
        raise typer.BadParameter(f"{verdict!r} is not confirm, refuse or reopen")
    with _open() as (_, store):
        workflows.settle_link(store, _actor(), one, other, verdict)
    typer.echo("Remembered.")


@breaks_app.command("add")
def breaks_add(
    day: Annotated[str, typer.Argument(metavar="DAY", help="First day of the new way.")],
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="recording-rule change, system migration, new reporting route, boundary change"
            " or other.",
        ),
    ],
    source: Annotated[str, typer.Option(help="Source it touches; all if not given.")] = "",
    types: Type = None,
    note: Annotated[str, typer.Option(help="What readers should know.")] = "",
) -> None:
    """Enter an event; comparisons across its day carry a warning.

    Example: aim breaks add 2026-04-01 "system migration" --source wardens
    """
    from aim import workflows
    from aim.model.breaks import Break
    from aim.model.filters import read_filter
    from aim.model.times import read_day

    opened = tuple(sorted(read_filter({"type": types}).incident_types()))
    entry = Break(read_day(day, "day"), kind, source, opened, note)  # type: ignore[arg-type]  # it reads the word
    with _open() as (_, store):
        saved = workflows.add_break(store, _actor(), entry)
    typer.echo(f"Event {saved.number} entered.")


@breaks_app.command("list")
def breaks_list() -> None:
    """List the register, by day.

    Example: aim breaks list
    """
    from aim import workflows

    with _open() as (_, store):
        for saved in workflows.break_list(store, _actor()):
            entry = saved.entry
            who = entry.source or "every source"
            typer.echo(f"{saved.number}  {entry.day}  {entry.kind}  {who}  {entry.note}".rstrip())


@breaks_app.command("remove")
def breaks_remove(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="aim breaks list.")],
) -> None:
    """Take an event out of the register.

    Example: aim breaks remove 3
    """
    from aim import workflows

    with _open() as (_, store):
        workflows.remove_break(store, _actor(), number)
    typer.echo(f"Event {number} removed.")


@places_app.command("load")
def places_load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Postcodes, properties, streets.")],
    kind: Annotated[str | None, typer.Option(help="postcode, uprn, street or known.")] = None,
    name: Annotated[str | None, typer.Option("--set", help="Name of the set.")] = None,
) -> None:
    """Load places, and find positions with them for reports that have none.

    Example: aim places load streets.geojson --kind street
    """
    from aim import workflows

    with _open() as (_, store), _waiting(f"Loading {file.name}"):
        report = workflows.add_places(store, _actor(), file, kind=kind, name=name)
    typer.echo(
        f"{report.name}: {report.places:,} places loaded, {report.placed:,} reports placed,"
        f" {report.to_review:,} to review."
    )
    for note in report.notes:
        _say(f"  {note}")


@places_app.command("list")
def places_list() -> None:
    """List the loaded sets of places.

    Example: aim places list
    """
    from aim import workflows

    with _open() as (_, store):
        for one in workflows.place_set_list(store, _actor()):
            typer.echo(f"{one.name}  {one.places:,} places  {one.file_name}")


@places_app.command("review")
def places_review() -> None:
    """List the words that name a place, but not surely enough.

    Example: aim places review
    """
    from aim import workflows

    with _open() as (_, store), _waiting("Looking at reports without a position"):
        text = workflows.review_text(store, _actor())
    typer.echo(text, nl=False)


@places_app.command("answer")
def places_answer(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The words: aim places review.")],
    ward: Annotated[str, typer.Option(help="The ward said with them.")] = "",
    at: Annotated[str | None, typer.Option(help="easting,northing in metres.")] = None,
    nowhere: Annotated[bool, typer.Option("--nowhere", help="They name no place.")] = False,
) -> None:
    """Answer the review list; the answer is remembered for every later delivery.

    Example: aim places answer "quay stret" --at 480500,530600
    """
    from aim import workflows

    if nowhere == (at is not None):
        raise typer.BadParameter("give either --at EASTING,NORTHING or --nowhere")
    with _open() as (_, store):
        placed = workflows.answer_place(
            store, _actor(), text, ward=ward, at=workflows.read_metres(at) if at else None
        )
    typer.echo(f"Remembered; {placed:,} reports placed by it.")


@app.command()
def hotspots(
    ward: Ward = None,
    ward_set: WardSet = None,
    types: Type = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    hours: Hours = None,
    days: Days = None,
    area: Area = None,
    include_outside: IncludeOutside = False,
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    no_split: NoSplit = False,
    cluster_within: ClusterWithin = False,
    file_format: Annotated[
        str, typer.Option("--format", help="table, csv, json, geojson, xlsx, gpkg or kml.")
    ] = "table",
    out: Out = None,
    save: Annotated[bool, typer.Option("--save", help="Keep the run for good.")] = False,
) -> None:
    """Find hotspots and list them, ranked.

    Example: aim hotspots --type asb --since 2026-04-01 --until 2026-05-01
    """
    from aim import workflows

    words = _words(ward, ward_set, types, source, since, until, hours, days, area, include_outside)
    with _open() as (settings, store):
        wanted, parameters = _asked(
            settings, store, words, eps_m, min_samples, no_split, cluster_within
        )
        if file_format == "table":
            with _waiting("Finding hotspots"):
                run = workflows.find_hotspots(store, _actor(), wanted, parameters, save=save)
            _write_out(workflows.run_text(run, wanted).encode(), out)
            return
        with _waiting("Finding hotspots"):
            file = workflows.export_hotspots(
                store,
                _actor(),
                wanted,
                parameters,
                settings,
                file_format=file_format,
                made=_today(),
                save=save,
            )
        _write_out(file.content, out)


@app.command("map")
def map_(
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
    ward: Ward = None,
    ward_set: WardSet = None,
    types: Type = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    hours: Hours = None,
    days: Days = None,
    area: Area = None,
    include_outside: IncludeOutside = False,
    eps_m: EpsM = None,
    min_samples: MinSamples = None,
    no_split: NoSplit = False,
    cluster_within: ClusterWithin = False,
    self_contained: Annotated[
        bool, typer.Option("--self-contained", help="One file that opens from a USB stick.")
    ] = False,
) -> None:
    """Write a Folium map of the hotspots.

    Without --self-contained the page looks for its scripts in a folder beside it, which is written
    too.

    Example: aim map --type asb --out hotspots.html --self-contained
    """
    from aim import workflows

    words = _words(ward, ward_set, types, source, since, until, hours, days, area, include_outside)
    beside = out.with_name(f"{out.stem}_files")
    with _open() as (settings, store):
        wanted, parameters = _asked(
            settings, store, words, eps_m, min_samples, no_split, cluster_within
        )
        with _waiting("Drawing the map"):
            page = workflows.map_file(
                store,
                _actor(),
                wanted,
                parameters,
                settings,
                assets=None if self_contained else beside.name,
            )
            if not self_contained:
                workflows.copy_map_assets(beside)
        _write_out(page.encode(), out)


@app.command()
def trends(
    ward: Ward = None,
    ward_set: WardSet = None,
    types: Type = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    hours: Hours = None,
    days: Days = None,
    area: Area = None,
    include_outside: IncludeOutside = False,
    by: Annotated[str, typer.Option(help="month, ward, type or source.")] = "month",
    file_format: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    out: Out = None,
) -> None:
    """Count incidents by month, ward, type or source.

    Example: aim trends --type asb --by ward
    """
    from aim import workflows

    _check_table_format(file_format)
    words = _words(ward, ward_set, types, source, since, until, hours, days, area, include_outside)
    with _open() as (settings, store):
        wanted = workflows.read_words(store, _actor(), words)
        if file_format == "table":
            _write_out(workflows.trend_text(store, _actor(), wanted, by=by).encode(), out)
            return
        file = workflows.export_trends(
            store, _actor(), wanted, settings, by=by, file_format=file_format, made=_today()
        )
        _write_out(file.content, out)


@app.command()
def quality(
    file_format: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    out: Out = None,
) -> None:
    """Say how far each source is to be trusted: silent months, dropped channels, measures.

    Example: aim quality --format csv --out quality.csv
    """
    from aim import workflows

    _check_table_format(file_format)
    with _open() as (settings, store), _waiting("Looking at the sources"):
        if file_format == "table":
            content = workflows.quality_text(store, _actor()).encode()
        else:
            content = workflows.export_quality(
                store, _actor(), settings, file_format=file_format, made=_today()
            ).content
    _write_out(content, out)


@app.command()
def doctor() -> None:
    """Check versions, packages and the store.

    Example: aim doctor
    """
    from aim import workflows

    settings = _settings()
    try:
        store = _open_store(settings)
    except AimError as error:
        checks = workflows.doctor(None, _actor(), str(error))
    else:
        try:
            checks = workflows.doctor(store, _actor())
        finally:
            store.close()
    for name, passed, found in checks:
        typer.echo(f"{'ok  ' if passed else 'LOOK'}  {name}: {found}")
    if not all(passed for _, passed, _ in checks):
        raise typer.Exit(WRONG_REQUEST)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to write.")],
) -> None:
    """Write a copy of the store, also while the hub is served.

    Example: aim backup aim-2026-06-01.backup
    """
    from aim import workflows

    with _open() as (_, store), _waiting("Copying the store"):
        workflows.back_up(store, _actor(), file)
    typer.echo(f"{file} written. Keep the key file in another safe place; it is not in the copy.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy aim backup wrote.")],
) -> None:
    """Put a backup in the store's place; the store as it was is kept beside it.

    Example: aim restore aim-2026-06-01.backup
    """
    from aim import workflows

    settings = _settings()
    for line in workflows.restore(_actor(), settings.store_url, file, settings.key_file):
        _say(line)


def main() -> None:
    """Run the command line; every error of ours becomes one line and an exit code."""
    try:
        app()
    except AimError as error:
        _fail(error)
    except BrokenPipeError:
        # The reader of our output went away, as `aim hotspots | head` does.
        sys.stderr.close()


def _fail(error: AimError) -> NoReturn:
    if os.environ.get("AIM_DEBUG", "").lower() in {"1", "true", "yes"}:
        raise error
    _say(f"aim: {error}")
    sys.exit(WRONG_COMMAND if isinstance(error, UnknownFeedError) else WRONG_REQUEST)


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _settings(**given: object) -> "Settings":
    from aim.config import read_settings

    return read_settings(**given)


def _actor() -> "Actor":
    from aim.access import LOCAL_ANALYST

    return LOCAL_ANALYST


def _open_store(settings: "Settings") -> "Store":
    from aim.store import open_store

    return open_store(settings.store_url, key_file=settings.key_file)


@contextmanager
def _store(settings: "Settings") -> Iterator["Store"]:
    store = _open_store(settings)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _open() -> Iterator[tuple["Settings", "Store"]]:
    settings = _settings()
    with _store(settings) as store:
        yield settings, store


@contextmanager
def _waiting(what: str) -> Iterator[Callable[[float], None]]:
    """Show that work goes on, where a person watches; gives what to tell the share done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda share: bar.update(task, total=1.0, completed=share)


def _words(
    ward: list[str] | None,
    ward_set: str | None,
    types: list[str] | None,
    source: list[str] | None,
    since: str | None,
    until: str | None,
    hours: str | None,
    days: str | None,
    area: str | None,
    include_outside: bool,
) -> dict[str, object]:
    return {
        "ward": ward,
        "ward-set": ward_set,
        "type": types,
        "source": source,
        "since": since,
        "until": until,
        "hours": hours,
        "days": days,
        "area": area,
        "include-outside": include_outside,
    }


def _asked(
    settings: "Settings",
    store: "Store",
    words: dict[str, object],
    eps_m: float | None,
    min_samples: str | None,
    no_split: bool,
    cluster_within: bool,
) -> tuple["IncidentFilter", "HotspotParameters"]:
    from aim import workflows
    from aim.model.hotspots import HotspotParameters, read_min_samples

    parameters = HotspotParameters(
        eps_m=settings.eps_m if eps_m is None else eps_m,
        min_samples=read_min_samples(settings.min_samples if min_samples is None else min_samples),
        split=not no_split,
        cluster_within=cluster_within,
    )
    return workflows.read_words(store, _actor(), words), parameters


def _check_table_format(file_format: str) -> None:
    if file_format not in {"table", "csv", "json"}:
        raise typer.BadParameter(
            f"{file_format!r} is not table, csv or json", param_hint="--format"
        )


def _write_out(content: bytes, out: Path | None) -> None:
    """Write to a file whole or not at all, or to standard output."""
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    from aim.workflows import write_whole

    write_whole(out, content)
    _say(f"{out} written ({len(content):,} bytes).")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(
            f"The folder {folder} was to be made; found: {error.strerror or error}."
        ) from error


def _serve(settings: "Settings", host: str, port: int) -> None:
    from aim.service import serve as serve_hub

    _announce: Callable[[str], None] = _say
    serve_hub(settings, host=host, port=port, tell=_announce)


def _today() -> Any:
    from aim.model.times import LONDON

    return datetime.now(UTC).astimezone(LONDON).date()
