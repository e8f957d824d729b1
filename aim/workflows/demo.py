"""The sample borough, loaded and clustered, for ``aim demo``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from aim.access import require
from aim.errors import NotFoundError
from aim.model.editions import HeldMonth
from aim.model.people import EVERYTHING, Action, Actor
from aim.store import Store
from aim.workflows.accounts import add_demo_people
from aim.workflows.deliveries import ingest_feed, say_held
from aim.workflows.demo_work import add_demo_work
from aim.workflows.filters import read_words
from aim.workflows.hotspots import find_hotspots
from aim.workflows.places import add_places
from aim.workflows.population import add_population
from aim.workflows.presets import preset_words
from aim.workflows.wards import add_ward_set, use_ward_set

POLICE = "norbeck-police"


@dataclass(frozen=True, slots=True)
class _Load:
    feed: str
    path: str
    source: str | None = None
    agency: str | None = None


# The last tells a month of the extract again, in the public edition: it is held, not counted.
LOADS = (
    _Load("police-uk", "sample_data/police-uk"),
    _Load("police-extract", "sample_data/police-extract", POLICE, POLICE),
    _Load("wardens", "sample_data/wardens", agency="norbeck-council"),
    _Load("councillors", "sample_data/councillors", agency="norbeck-council"),
    _Load("police-uk", "sample_data/police-uk-overlap"),
)
PLACES = (
    ("postcode", "layers/postcodes.csv"),
    ("uprn", "layers/addresses.csv"),
    ("street", "layers/streets.geojson"),
)
WARD_SETS = (
    ("wards-2024", "layers/wards-2024.geojson"),
    ("wards-2026", "layers/wards-2026.geojson"),
)

POPULATION = "layers/population.csv"

# The ward of the demo's invented councillor.
COUNCILLORS_WARDS = ("E05099018",)


def set_up_demo(store: Store, actor: Actor, tell: Callable[[str], None], *, today: date) -> None:
    """Load the sample borough's wards and feeds, save one hotspot run and begin work on it.

    A second call on the same store adds nothing.

    Parameters
    ----------
    tell
        Called with one line for each step.
    today
        London day on which the invented group agrees what it does.

    Raises
    ------
    NotFoundError
        The sample borough did not come with this installation.
    """
    require(actor, Action.ADMINISTER)
    root = sample_folder()
    for name, path in WARD_SETS:
        info, _ = add_ward_set(store, actor, root / path, name=name)
        tell(f"{name}: {info.areas} wards")
    use_ward_set(store, actor, WARD_SETS[-1][0])
    counted = add_population(store, actor, root / POPULATION)
    tell(f"{POPULATION}: head counts of {counted.areas} wards")
    add_demo_people(store, actor, COUNCILLORS_WARDS)
    for kind, place_file in PLACES:
        loaded = add_places(store, actor, root / place_file, kind=kind, name=f"norbeck-{kind}")
        tell(f"{place_file}: {loaded.places:,} places")
    for load in LOADS:
        for delivery in _deliveries(root / load.path):
            held = store.held_months(EVERYTHING)
            report = ingest_feed(
                store, actor, feed=load.feed, path=delivery, source=load.source, agency=load.agency
            )
            tell(
                f"{load.feed}: {report.read:,} rows read, {report.added:,} added,"
                f" {report.unchanged:,} unchanged, {report.rejected:,} rejected"
            )
            for line in say_held(held_since(store, held)):
                tell(line)
    wanted = read_words(store, actor, dict(preset_words(store, actor)["strategic-assessment"]))
    run = find_hotspots(store, actor, wanted, save=True)
    tell(f"{len(run.hotspots)} hotspots found in the last 12 complete months")
    actions = add_demo_work(store, actor, run, today=today)
    tell(f"{actions} actions of an invented group begun")


def held_since(store: Store, before: list[HeldMonth]) -> list[HeldMonth]:
    """Return the months that are held now and were not before."""
    return [one for one in store.held_months(EVERYTHING) if one not in before]


def sample_folder() -> Path:
    """Return the folder that holds ``sample_data`` and ``layers``.

    Raises
    ------
    NotFoundError
        Neither the checkout nor the installed package has them.
    """
    package = Path(str(resources.files("aim")))
    for folder in (package / "_sample", package.parent):
        if (folder / "sample_data").is_dir() and (folder / "layers").is_dir():
            return folder
    raise NotFoundError(
        f"The sample borough was asked for, found neither beside nor inside {package};"
        " install AIM again from its wheel or run the command in a checkout."
    )


def _deliveries(folder: Path) -> list[Path]:
    """Return what to ingest from a folder: the folder itself where it is nested by month."""
    if any(one.is_dir() for one in folder.iterdir()):
        return [folder]
    return sorted(one for one in folder.iterdir() if one.suffix in {".csv", ".xlsx", ".gz"})
