"""Which eps and how many incidents suit the data: tried out, in a table, a plot and a sentence."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from aim.access import audit_entry, reach_of, require
from aim.analysis import Tuning, tune_hotspots
from aim.analysis.tuning import EPS_M
from aim.config import Settings
from aim.exports import Listing, text_table
from aim.maps import tuning_svg
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import Action, Actor, Reach
from aim.store import Store
from aim.workflows.files import hand_out
from aim.workflows.memory import Memory
from aim.workflows.searching import taking_part
from aim.workflows.stamps import stamp_of
from aim.workflows.views import ExportedFile
from aim.workflows.words import say_filter

_PLAIN = {
    "eps_m": "eps",
    "min_samples": "min",
    "by_chance": "chance",
    "hotspots": "hotspots",
    "incident_share": "incidents",
    "largest_share": "largest",
    "stability": "stable",
    "pai": "PAI",
    "gain": "gain",
}
_SHARES = ("incidents", "largest", "stable")
_TOLD = (
    "min: incidents within eps metres that make a place dense; chance: what chance would rarely"
    " reach. incidents: share in hotspots; largest: share in the largest cluster before splitting;"
    " stable: share of small changes a hotspot survives. PAI and gain: how well hotspots found"
    " without the incidents held out foretell them (1 and 0 are no better than anywhere)."
)


@dataclass(frozen=True, slots=True)
class TuningQuestion:
    """What is to be tried, and from which seed.

    Attributes
    ----------
    eps_m, min_samples, seed
        As in ``aim.analysis.tune_hotspots``; empty for its own choice.

    Examples
    --------
    >>> TuningQuestion().numbers
    'auto'
    """

    eps_m: tuple[float, ...] = ()
    min_samples: tuple[int, ...] = ()
    seed: int = 0

    @property
    def numbers(self) -> Sequence[int] | Literal["auto"]:
        """Return the numbers to try."""
        return self.min_samples or "auto"


_TUNED: Memory[Tuning] = Memory(16)


def tune(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    parameters: HotspotParameters,
    question: TuningQuestion | None = None,
    *,
    progress: Callable[[float], None] = lambda _share: None,
) -> Tuning:
    """Try a grid of settings on the incidents a filter chooses.

    Parameters
    ----------
    wanted
        The filter; its wards choose hotspots and not incidents, so they change nothing here.
    parameters
        The usual settings.
    question
        What to try; the usual grid if missing.
    progress
        Told the share done.
    """
    require(actor, Action.VIEW)
    asked = question or TuningQuestion()
    reach, selection = reach_of(actor), wanted.without_wards()
    return _TUNED.recall(
        store,
        (reach, selection, parameters, asked),
        lambda: _tune(store, reach, selection, parameters, asked, progress=progress),
    )


def _tune(
    store: Store,
    reach: Reach,
    selection: IncidentFilter,
    parameters: HotspotParameters,
    asked: TuningQuestion,
    *,
    progress: Callable[[float], None],
) -> Tuning:
    incidents = taking_part(store, reach, selection, parameters)[0]
    wards = store.wards(reach, ward_set=selection.ward_set)
    return tune_hotspots(
        incidents,
        eps_m=asked.eps_m or EPS_M,
        min_samples=asked.numbers,
        parameters=parameters,
        wards=wards if len(wards) else None,
        rng=asked.seed,
        data_version=store.data_version(),
        progress=lambda done, all_: progress(done / all_),
    )


def tuning_text(found: Tuning, wanted: IncidentFilter) -> str:
    """Return a grid as plain text for a terminal, its recommendation first."""
    plain = found.grid[list(_PLAIN)].rename(columns=_PLAIN)
    shares = {
        name: ["" if share != share else f"{share:.0%}" for share in plain[name]]  # noqa: PLR0124 - missing
        for name in _SHARES
    }
    marks = {True: "recommended", False: "fit"}
    told = [
        marks[recommended] if fit else ""
        for fit, recommended in zip(found.grid["fit"], found.grid["recommended"], strict=True)
    ]
    # Adding nothing takes the sign from a gain of minus nothing.
    rounded = plain.assign(PAI=plain["PAI"].round(1), gain=plain["gain"].round(2) + 0.0)
    table = rounded.assign(**shares, judged=told)
    return "\n".join((*tuning_notes(found, wanted), "", text_table(table)))


def tuning_notes(found: Tuning, wanted: IncidentFilter) -> tuple[str, ...]:
    """Return the recommendation and what to know of it, as lines."""
    bend = "" if found.knee_m != found.knee_m else f"; the curve bends at {found.knee_m:.0f} m"
    seed = "" if found.seed is None else f", seed {found.seed}"
    return (
        found.sentence,
        f"{say_filter(wanted.without_wards(), {})}.",
        f"Held out: {found.parameters['held_out']}{seed}.",
        f"Half the incidents have {found.k} others within {_middle(found)} m{bend}.",
        _TOLD,
        *found.warnings,
    )


def _middle(found: Tuning) -> str:
    far = found.k_distance["distance_m"]
    return f"{far.iloc[len(far) // 2]:.0f}" if len(far) else "any number of"


def export_tuning(
    store: Store,
    actor: Actor,
    found: Tuning,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write a grid to a file; the curve of distances goes with it as a fact."""
    require(actor, Action.EXPORT)
    listing = Listing(
        "Settings tried",
        found.grid,
        stamp_of(store, actor, wanted, settings, made=made),
        notes=tuning_notes(found, wanted),
        parameters=found.parameters,
        name="settings",
        facts={
            "filter": wanted.words(),
            "seed": found.seed,
            "data_version": found.data_version,
            "recommendation": found.sentence,
            "k": found.k,
            "k_distance": found.k_distance.round(2).to_dict("list"),
        },
    )
    return hand_out(store, actor, listing, wanted, "settings", file_format)


def plot_tuning(
    store: Store,
    actor: Actor,
    found: Tuning,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    made: date,
) -> ExportedFile:
    """Draw the curve of distances and the grid; its numbers are in the table and in the file."""
    require(actor, Action.EXPORT)
    drawing = tuning_svg(
        found.grid,
        found.k_distance,
        k=found.k,
        knee_m=found.knee_m,
        title=f"Settings tried: {say_filter(wanted.without_wards(), {})}",
        sentence=found.sentence,
        foot=stamp_of(store, actor, wanted, settings, made=made).lines(),
    )
    content = str(drawing).encode()
    with store.transaction() as change:
        change.record(
            audit_entry(
                actor,
                Action.EXPORT,
                list="settings-plot",
                format="svg",
                rows=len(found.grid),
                filter=wanted.query()[:500],
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
    return ExportedFile("settings.svg", "image/svg+xml", content)
