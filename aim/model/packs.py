"""What a meeting is handed: one neutral pack, which every format only sets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from aim.errors import ParameterError
from aim.model.handling import Stamp
from aim.model.times import say_day

ACCENT = "#12436d"
# Below this contrast with white paper, headings cannot be read by everybody (WCAG AA).
LEAST_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")

Cell = str | int | date | None


@dataclass(frozen=True, slots=True)
class Look:
    """What a partnership's papers look like.

    Attributes
    ----------
    crest
        A PNG or JPEG picture, printed at the head of the first page; empty for none.
    accent
        The colour of headings, as ``#rrggbb``.

    Examples
    --------
    >>> Look().accent
    '#12436d'
    """

    crest: bytes = field(default=b"", repr=False)
    accent: str = ACCENT

    def __post_init__(self) -> None:
        """Refuse what no paper can show."""
        if not _COLOUR.fullmatch(self.accent):
            raise ParameterError(
                f"The accent colour is written as #rrggbb, such as {ACCENT}; found {self.accent!r}."
            )
        if (contrast := contrast_with_white(self.accent)) < LEAST_CONTRAST:
            raise ParameterError(
                f"The accent colour {self.accent} is too pale to be read on white: its contrast is"
                f" {contrast:.1f}, {LEAST_CONTRAST} is needed. Choose a darker one."
            )
        if self.crest and not self.crest.startswith(_PICTURES):
            raise ParameterError("The crest is a PNG or a JPEG picture; found something else.")


def contrast_with_white(colour: str) -> float:
    """Return the contrast of a colour with white, from 1 to 21, after WCAG 2.2.

    Examples
    --------
    >>> contrast_with_white("#ffffff"), round(contrast_with_white("#000000"))
    (1.0, 21)
    """
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]  # noqa: PLR2004 - sRGB
    light = sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (light + 0.05)


@dataclass(frozen=True, slots=True)
class PackPlace:
    """One hotspot of a pack's list, in the words of the hub's pages.

    Attributes
    ----------
    rank, place, wards, reports
        As the list has them.
    change, past, doubt, sources, being_done
        What changed, the class of its past, what casts doubt on it, who reported, what is done.
    hotspot_id
        Its lasting number.
    picture, alt
        A map of it as SVG, and in words; empty where the pack draws it not.
    """

    rank: int
    place: str
    wards: str
    reports: int
    change: str = ""
    past: str = ""
    doubt: str = ""
    sources: str = ""
    being_done: str = ""
    hotspot_id: str = ""
    picture: str = field(default="", repr=False)
    alt: str = ""


@dataclass(frozen=True, slots=True)
class PackAction:
    """One action of a pack.

    Attributes
    ----------
    title, place, group, owner, agency, stage
        What, where, whose, how far.
    rating, standing
        Red, amber, green or nothing, and why.
    due
        London day; None where nobody said.
    progress
        Per cent.
    readers
        Said of a restricted one: whom it is for; empty for all others.
    """

    title: str
    place: str = ""
    group: str = ""
    owner: str = ""
    agency: str = ""
    stage: str = ""
    rating: str = ""
    standing: str = ""
    due: date | None = None
    progress: int = 0
    readers: str = ""


@dataclass(frozen=True, slots=True)
class PackResult:
    """What the review of an action found: what was counted, and what casts doubt on it."""

    title: str
    place: str
    result: str
    measured: str
    doubt: str


@dataclass(frozen=True, slots=True)
class PackDecision:
    """What a meeting decided of one place."""

    place: str
    decision: str
    reason: str = ""
    noted: str = ""


@dataclass(frozen=True, slots=True)
class PackTable:
    """One table of a pack, for every format alike.

    Attributes
    ----------
    name, title
        A word for it, such as a sheet's name, and its heading.
    columns
        Heads.
    rows
        Cells: text, whole numbers, days; None is an empty cell.
    widths
        Shares of the line.
    empty
        The sentence that stands in the place of a table without rows.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    empty: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """The columns that hold numbers, from nought."""
        return tuple(
            at
            for at in range(len(self.columns))
            if self.rows and all(isinstance(row[at], int) for row in self.rows)
        )

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The cells as people read them."""
        return tuple(tuple(say_cell(cell) for cell in row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything a meeting or a group is handed, as its maker may see it.

    Attributes
    ----------
    title, lead
        What it is for, and the sentence below.
    stamp, look
        Marking and attributions; crest and colour.
    facts
        Up to four figures.
    list_said
        Which list the places are of.
    picture, alt
        A map of all places as SVG, and in words.
    places, actions, late, results, before
        The ranked list; the actions, and those of them that are late; what reviews found; what was
        decided last time.
    hidden
        How many places are in hand and not listed, in a sentence; empty for none.
    before_day
        When was last time; empty for a group's pack.
    notes
        What to know before using the figures.
    made_with
        How the list was made, for analysts.
    """

    title: str
    lead: str
    stamp: Stamp
    look: Look = field(default_factory=Look)
    facts: tuple[tuple[str, str], ...] = ()
    list_said: str = ""
    picture: str = field(default="", repr=False)
    alt: str = ""
    places: tuple[PackPlace, ...] = ()
    actions: tuple[PackAction, ...] = ()
    late: tuple[PackAction, ...] = ()
    results: tuple[PackResult, ...] = ()
    before: tuple[PackDecision, ...] = ()
    hidden: str = ""
    before_day: str = ""
    notes: tuple[str, ...] = ()
    made_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """What one meeting decided, to be kept and sent round.

    Attributes
    ----------
    title, lead, stamp, look
        As in ``Pack``.
    facts
        Day, group, agencies, list.
    decisions
        One a place at most.
    undecided
        Places of the list that were not decided on.
    late
        Actions that were late.
    """

    title: str
    lead: str
    stamp: Stamp
    look: Look = field(default_factory=Look)
    facts: tuple[tuple[str, str], ...] = ()
    decisions: tuple[PackDecision, ...] = ()
    undecided: tuple[str, ...] = ()
    late: tuple[PackAction, ...] = ()


# Attribute, head, share of the line.
_PLACE = (
    *(("rank", "Rank", 0.5), ("place", "Place", 1.7), ("wards", "Wards", 1.1)),
    *(("reports", "Reports", 0.8), ("change", "Change", 1.1), ("past", "Its past", 0.9)),
    *(("doubt", "Doubt", 2.2), ("sources", "Sources", 1.2), ("being_done", "Being done", 1.5)),
)
_ACTION = (
    *(("rating", "Rating", 0.6), ("title", "Action", 2.0), ("place", "Place", 1.4)),
    *(("owner", "Owner", 1.0), ("agency", "Agency", 1.0), ("due", "Due", 0.8)),
    *(("stage", "Stage", 0.8), ("progress", "Per cent done", 0.6)),
    *(("standing", "Why", 1.4), ("readers", "For", 1.0)),
)
_RESULT = (
    *(("title", "Action", 1.3), ("place", "Place", 1.0), ("result", "Result", 1.5)),
    *(("measured", "Counted", 2.0), ("doubt", "Doubt", 1.5)),
)
_DECISION = (
    *(("place", "Place", 1.2), ("decision", "Decision", 1.2)),
    *(("reason", "Reason", 1.5), ("noted", "Noted", 1.5)),
)


def places_table(places: Sequence[PackPlace]) -> PackTable:
    """Return the ranked list as a table.

    Examples
    --------
    >>> places_table([PackPlace(1, "Quay Street", "Harbour", 12)]).texts[0][:4]
    ('1', 'Quay Street', 'Harbour', '12')
    """
    return _table("Hotspots", "Hotspots, ranked", _PLACE, places, "No place is on the list.")


def place_facts(place: PackPlace) -> tuple[tuple[str, str], ...]:
    """Return what is known of one place, what and how, for its own page or slide.

    Examples
    --------
    >>> place_facts(PackPlace(1, "Quay Street", "Harbour", 12))
    (('Wards', 'Harbour'), ('Reports', '12'))
    """
    named = [(head, getattr(place, word)) for word, head, _ in _PLACE[2:]]
    return tuple((head, say_cell(value)) for head, value in named if value != "")


def actions_table(actions: Sequence[PackAction]) -> PackTable:
    """Return actions as a table, with whom a restricted one is for where there is one.

    Examples
    --------
    >>> actions_table([PackAction("Mend the lights", due=date(2026, 6, 30))]).columns[-1]
    'Why'
    """
    columns = _ACTION if any(one.readers for one in actions) else _ACTION[:-1]
    return _table("Actions", "Actions", columns, actions, "No action yet.")


def late_table(actions: Sequence[PackAction]) -> PackTable:
    """Return the late actions as a table.

    Examples
    --------
    >>> late_table([]).empty
    'No action is late.'
    """
    columns = tuple(
        one for one in _ACTION[:-1] if one[0] in {"title", "place", "owner", "standing"}
    )
    return _table("Late", "Late actions", columns, actions, "No action is late.")


def results_table(results: Sequence[PackResult]) -> PackTable:
    """Return what reviews found as a table.

    Examples
    --------
    >>> results_table([]).rows
    ()
    """
    return _table("Results", "Last results", _RESULT, results, "No action has been reviewed yet.")


def decisions_table(decisions: Sequence[PackDecision], title: str) -> PackTable:
    """Return decisions as a table.

    Examples
    --------
    >>> decisions_table([PackDecision("Quay Street", "Watch")], "Decided").texts
    (('Quay Street', 'Watch', '', ''),)
    """
    return _table("Decisions", title, _DECISION, decisions, "Nothing has been decided yet.")


def say_cell(cell: Cell) -> str:
    """Write a cell as people read it.

    Examples
    --------
    >>> say_cell(1200), say_cell(date(2026, 6, 30)), say_cell(None)
    ('1,200', '30 June 2026', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, date):
        return say_day(cell)
    return f"{cell:,}" if isinstance(cell, int) else cell


def _table(
    name: str,
    title: str,
    columns: Sequence[tuple[str, str, float]],
    records: Sequence[object],
    empty: str,
) -> PackTable:
    return PackTable(
        name=name,
        title=title,
        columns=tuple(head for _, head, _ in columns),
        rows=tuple(tuple(getattr(one, word) for word, _, _ in columns) for one in records),
        widths=tuple(share for _, _, share in columns),
        empty=empty,
    )
