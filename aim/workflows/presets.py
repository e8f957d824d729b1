"""The hub page's presets: a name, a reason, and the filter words they stand for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from aim.access import reach_of
from aim.model.people import Actor
from aim.store import Store
from aim.workflows.periods import Period, latest_complete_month, months_to


@dataclass(frozen=True, slots=True)
class Preset:
    """One ready-made view."""

    slug: str
    name: str
    words: dict[str, str]
    period: Callable[[date], Period]


PRESETS: tuple[Preset, ...] = (
    Preset("monday-hub", "Monday hub", {"type": "asb"}, lambda until: months_to(until, 1)),
    Preset(
        "town-centre-nights",
        "Town centre nights",
        {"type": "night-time-economy", "hours": "20-04", "days": "fri,sat,sun"},
        lambda until: months_to(until, 3),
    ),
    Preset("burglary", "Burglary", {"type": "burglary-theme"}, lambda until: months_to(until, 3)),
    Preset(
        "strategic-assessment",
        "Strategic assessment (12 months)",
        {},
        lambda until: months_to(until, 12),
    ),
)


def preset_words(store: Store, actor: Actor) -> dict[str, dict[str, str]]:
    """Return the filter words of every preset for the data at hand, in order.

    The period ends with the latest month for which every source is complete; with an empty store
    no period is set.
    """
    latest = latest_complete_month(store.coverage(reach_of(actor)))
    words = {}
    for preset in PRESETS:
        words[preset.slug] = dict(preset.words)
        if latest:
            period = preset.period(latest.until)
            words[preset.slug] |= {
                "since": period.since.isoformat(),
                "until": period.until.isoformat(),
            }
    return words
