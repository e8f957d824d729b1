"""What cells are called: the kinds of each statistic, their colours, and the sentence they make."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from aim.analysis import HistoryClass
from aim.maps import CellKind
from aim.workflows.past_words import say_class, say_meaning
from aim.workflows.words import say_number

CHANCE = "chance"
_HISTORIES = {
    HistoryClass.NEW: "#d4351c",
    HistoryClass.CONSECUTIVE: "#f47738",
    HistoryClass.INTENSIFYING: "#942514",
    HistoryClass.PERSISTENT: "#b58840",
    HistoryClass.DIMINISHING: "#ffdd00",
    HistoryClass.SPORADIC: "#f499be",
    HistoryClass.OSCILLATING: "#912b88",
    HistoryClass.HISTORICAL: "#5694ca",
}
# The kinds of each statistic, the most noteworthy first; whatever else there is stays undrawn.
KINDS: Mapping[str, tuple[CellKind, ...]] = MappingProxyType(
    {
        "gi-star": (
            CellKind("busy", "Busier than chance", "#d4351c"),
            CellKind("quiet", "Quieter than chance", "#5694ca"),
        ),
        "moran": (
            CellKind("high among high", "Busy among busy cells", "#d4351c"),
            CellKind("high among low", "Busy among quiet cells", "#f4a98f"),
            CellKind("low among high", "Quiet among busy cells", "#b1d1ea"),
            CellKind("low among low", "Quiet among quiet cells", "#5694ca"),
        ),
        "emerging": tuple(
            CellKind(one.value, say_class(one.value), fill) for one, fill in _HISTORIES.items()
        ),
        "density": (
            CellKind("10", "10 times the average and more", "#7a1208"),
            CellKind("5", "5 to 10 times the average", "#c4341f"),
            CellKind("3", "3 to 5 times the average", "#ee8268"),
            CellKind("2", "2 to 3 times the average", "#fbcabc"),
        ),
        "dual": (
            CellKind("much more", "3 times its share and more", "#c4341f"),
            CellKind("more", "1.5 to 3 times its share", "#f4a98f"),
            CellKind("much less", "A third of its share and less", "#2f6fa8"),
            CellKind("less", "A third to two thirds of its share", "#b1d1ea"),
        ),
    }
)
_OTHERS = {
    CHANCE: "Could be chance",
    HistoryClass.NONE.value: "Never, or passing",
    "few": "Too few to say",
    "alike": "Much as its share",
    "1": "Under twice the average",
}
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "gi-star": "Cells busier or quieter than chance (Gi*)",
        "moran": "Cells like and unlike those around them (local Moran)",
        "emerging": "What becomes of cells (emerging hot spots)",
        "density": "Incidents smoothed over the ground (kernel density)",
        "dual": "One density beside another (dual kernel density)",
    }
)
_CHANCE_SAID = (
    "Chance is allowed for over all cells together: at most about one in twenty of those named may"
    " be named by chance."
)
MEANINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gi-star": (
            (
                "A cell is busier than chance where it and the cells that touch it together hold"
                " more than the rest of the map would lead one to expect."
            ),
            _CHANCE_SAID,
        ),
        "moran": (
            (
                "A busy cell among busy ones is part of something larger; a busy cell among quiet"
                " ones stands alone."
            ),
            (
                "It is named where the cells around it, itself left out, are busier or quieter than"
                " chance would put there."
            ),
            _CHANCE_SAID,
        ),
        "emerging": (
            (
                "Each month is searched for cells busier than chance; the words say in which months"
                " a cell was one."
            ),
            "A rise everywhere shows nowhere: a cell is compared with the others of its month.",
            _CHANCE_SAID,
        ),
        "density": (
            (
                "Each incident is spread over the ground around it; colours say how many times the"
                " average of the ground there is."
            ),
            "No test stands behind it: a busy town centre is dense every month.",
        ),
        "dual": (
            (
                "Colours say how many times more, or less, of the first than of the second is here"
                " than everywhere together."
            ),
            "No test stands behind it: a difference may be chance.",
        ),
    }
)


def say_kind(statistic: str, kind: str) -> str:
    """Return what people read for the kind of a cell.

    Examples
    --------
    >>> say_kind("gi-star", "busy"), say_kind("gi-star", "chance")
    ('Busier than chance', 'Could be chance')
    """
    labels = {one.kind: one.label for one in KINDS[statistic]}
    return labels.get(kind) or _OTHERS[kind]


def say_cells(statistic: str, kinds: pd.Series) -> str:
    """Say how many cells there are of each kind worth a word.

    Examples
    --------
    >>> say_cells("gi-star", pd.Series(["busy", "busy", "chance"]))
    'Of 3 cells: 2 busier than chance; 1 could be chance.'
    >>> say_cells("gi-star", pd.Series(["chance"]))
    'No cell of 1 stands out: what differs could be chance.'
    """
    counts = kinds.value_counts().to_dict()
    drawn = [one for one in KINDS[statistic] if counts.get(one.kind)]
    if not drawn:
        return f"No cell of {len(kinds):,} stands out: {_NOTHING[statistic]}."
    told = [f"{counts[one.kind]:,} {_lower(one.label)}" for one in drawn]
    told += [f"{counts[one]:,} {_lower(label)}" for one, label in _OTHERS.items() if one in counts]
    return f"Of {say_number(len(kinds), 'cell', 'cells')}: {'; '.join(told)}."


_NOTHING = {
    "gi-star": "what differs could be chance",
    "moran": "what differs could be chance",
    "emerging": "none was busier than chance over the newest months",
    "density": "none has twice the average",
    "dual": "none differs by half from its share, or there are too few incidents to say",
}


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def legend_of(statistic: str, kinds: pd.Series) -> tuple[tuple[str, str, str], ...]:
    """Return colour, words and number of cells of each kind drawn; those absent are left out."""
    counts = kinds.value_counts().to_dict()
    return tuple(
        (one.fill, _with_meaning(statistic, one), f"{counts[one.kind]:,}")
        for one in KINDS[statistic]
        if counts.get(one.kind)
    )


def _with_meaning(statistic: str, kind: CellKind) -> str:
    if statistic != "emerging":
        return kind.label
    return f"{kind.label}: {say_meaning(kind.kind)}"
