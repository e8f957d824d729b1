"""From tables to a result: what every feed that is kept as a table has in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from aim.feeds._identity import normal_references, row_ids
from aim.feeds._personal import mask_personal, mask_text
from aim.feeds._seam import (
    Asked,
    Draft,
    Shape,
    blank_texts,
    distinct,
    filled,
    on_distinct,
    say_rows,
)
from aim.feeds._table import Table, Wanted, read_tables
from aim.feeds._totals import A_TOTAL, find_totals
from aim.feeds._words import classify_words, join_texts, unknown_words
from aim.model.incidents import (
    REJECTED_COLUMNS,
    FeedResult,
    conform_incidents,
    empty_incidents,
    empty_rejected,
)
from aim.model.types import Taxonomy, read_taxonomy, slug_of

FREE_TEXTS = ("source_type", "location_text", "description")


@dataclass(frozen=True, slots=True)
class TableFeed:
    """A feed kept as a table; its module gives the layouts, this class does the rest."""

    name: str
    title: str
    reads: str
    shapes: tuple[Shape, ...]
    personal: tuple[str, ...] = ()
    pattern: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every header it reads, by its commonest form."""
        return _once([column.headers[0] for shape in self.shapes for column in shape.columns])

    @property
    def needed(self) -> tuple[str, ...]:
        """Headers, or groups of headers of which one is enough, for each layout."""
        return _once(
            [
                " or ".join(shape.header_of(name) for name in group)
                for shape in self.shapes
                for group in shape.needed
            ]
        )

    @property
    def dropped(self) -> tuple[str, ...]:
        """Personal headers that are dropped at the door."""
        return self.personal

    def read(self, path: Path, asked: Asked) -> FeedResult:
        """Read one file or folder."""
        wanted = Wanted(self.name, self.shapes, self.personal, self.pattern)
        tables = read_tables(path, wanted, asked)
        result = build_result(self.name, tables, asked)
        asked.say(1.0)
        return result


def _once(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def build_result(feed: str, tables: Sequence[Table], asked: Asked) -> FeedResult:
    r"""Make incidents and rejected rows of the tables of one delivery.

    Every row of every table is in exactly one of the two frames, in the order delivered.

    Parameters
    ----------
    feed
        Its name, which every row carries.
    tables
        One at least, from ``read_tables``.
    asked
        What the caller wants.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from aim.feeds.wardens import FEED
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "jobs.csv")
    ...     _ = path.write_text("Date,Category,Location\n01/04/2026,Noise,Dock", encoding="utf-8")
    ...     tables = read_tables(path, Wanted(FEED.name, FEED.shapes), Asked())
    >>> build_result("wardens", tables, Asked()).incidents.incident_type.tolist()
    ['noise-nuisance']
    """
    layouts = [
        [table for table in tables if table.shape is shape]
        for shape in dict.fromkeys(table.shape for table in tables)
    ]
    drafts = [_draft_layout(feed, layout, asked) for layout in layouts]
    rows = _joined([frame for frame, _ in drafts])
    if len(drafts) > 1:
        order = {table.file: at for at, table in enumerate(tables)}
        rows = rows.iloc[np.lexsort((rows["row"], rows["file"].map(order)))]
        rows = rows.reset_index(drop=True)
    asked.say(0.8)
    _reject_repeats(rows)
    wrong = filled(rows["reason"])
    kept, refused = rows[~wrong] if wrong.any() else rows, rows[wrong]
    incidents, masked = _finish(kept)
    notes = [note for table in tables for note in table.notes]
    for layout, (_, found) in zip(layouts, drafts, strict=True):
        where = f"{', '.join(table.file for table in layout)}: " if len(layouts) > 1 else ""
        notes += [f"{where}{note}" for note in found]
    notes += [*_dropped_notes(tables), *masked, *unknown_words(incidents)]
    return FeedResult(incidents, _refused(refused), tuple(dict.fromkeys(notes)), _area_codes(kept))


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put frames below each other; a single one is not copied."""
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    return pd.concat(frames, ignore_index=True)


def _area_codes(kept: pd.DataFrame) -> pd.Series | None:
    if "area_code" not in kept:
        return None
    codes = kept["area_code"].set_axis(pd.Index(kept["row"]))
    return codes.where(filled(codes.fillna("")), None)


def _draft_layout(
    feed: str, tables: list[Table], asked: Asked
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Draft the rows of all tables of one layout, with identity and taxonomy."""
    shape = tables[0].shape
    cells = _joined([table.cells for table in tables])
    files, deliveries = (
        pd.Series(np.repeat(names, [len(table.cells) for table in tables]), dtype=object)
        for names in ([one.file for one in tables], [one.delivery for one in tables])
    )
    draft = shape.read_rows(cells)
    rows = draft.rows.assign(
        file=files,
        row=np.concatenate([table.cells.index.to_numpy(np.int64) for table in tables]),
        feed=feed,
    )
    rows["source"] = _sources(cells, shape, feed, asked)
    rows["agency"] = asked.agency or rows["source"]
    if "area_code" in cells:
        rows["area_code"] = cells["area_code"]
    rows["source_ref"] = normal_references(cells[shape.reference])
    rows["incident_id"] = row_ids(
        cells[list(shape.identity.columns)],
        rows["source_ref"],
        rows["source"],
        deliveries,
        feed=feed,
        version=shape.identity.version,
        key=asked.key,
    )
    _add_words(rows, draft, read_taxonomy())
    _add_faults(rows, cells, draft, pd.concat([table.faults for table in tables]))
    return rows, draft.notes


def _sources(cells: pd.DataFrame, shape: Shape, feed: str, asked: Asked) -> pd.Series:
    if asked.source or shape.sender is None:
        return pd.Series(asked.source or feed, index=cells.index, dtype=object)
    return on_distinct(cells[shape.sender], lambda sender: slug_of(sender) or feed)


def _add_words(rows: pd.DataFrame, draft: Draft, taxonomy: Taxonomy) -> None:
    """Add type, qualifiers and sensitivity; all the sender's words count, kept or not."""
    words = classify_words(draft.type_words, taxonomy)
    rows["incident_type"] = words["incident_type"]
    rows["source_type"] = words["source_type"]
    rows["qualifiers"] = ""
    judged = pd.DataFrame(
        {
            "feed": rows["feed"],
            "incident_type": words["gravest_type"],
            "source_type": words["source_type"],
            "qualifiers": "",
            "location_text": rows["location_text"],
            "description": rows["description"],
        }
    )
    if draft.said:
        said = join_texts((*draft.type_words, *draft.said))
        rows["qualifiers"] = taxonomy.qualify(said).astype(object)
        judged = judged.assign(qualifiers=rows["qualifiers"], description=said)
    rows["sensitivity"] = taxonomy.sensitivity(judged).astype(object)


def _add_faults(
    rows: pd.DataFrame, cells: pd.DataFrame, draft: Draft, table_faults: pd.Series
) -> None:
    """Add why a row is refused: blank before shifted, then a total, then what the feed found."""
    shifted = table_faults.set_axis(rows.index)
    astray = filled(shifted)
    silent = ~astray
    for name in cells:
        if not silent.any():
            break
        silent = silent & ~filled(cells[name])
    faulty = filled(draft.faults["reason"]) & ~astray & ~silent
    total = find_totals(cells, faulty, rows["file"])
    reason = draft.faults["reason"].mask(total, A_TOTAL).mask(astray, shifted)
    rows["reason"] = reason.mask(silent, "The row is blank")
    rows["cell"] = draft.faults["cell"].mask(astray | silent | total, "")


def _reject_repeats(rows: pd.DataFrame) -> None:
    """Keep one row of each incident: the last with a position, else the last."""
    if len(set(rows["incident_id"].tolist())) == len(rows):
        return
    repeated = ~filled(rows["reason"]) & rows["incident_id"].duplicated(keep=False)
    groups = rows[repeated]
    ranked = groups.iloc[np.argsort(groups["easting"].notna().to_numpy(), kind="stable")]
    keepers = dict(zip(ranked["incident_id"], ranked.index, strict=True))  # the last one stays
    chosen = groups["incident_id"].map(keepers).astype("int64")
    lost = chosen[chosen.to_numpy() != chosen.index.to_numpy()]
    losers, winners = rows.loc[lost.index], rows.loc[lost]
    reasons = [
        _repeat_reason(str(reference), f"row {row}" + ("" if file == other else f" of {file}"))
        for reference, other, row, file in zip(
            losers["source_ref"], losers["file"], winners["row"], winners["file"], strict=True
        )
    ]
    rows.loc[lost.index, "reason"] = np.array(reasons, dtype=object)


def _repeat_reason(reference: str, keeper: str) -> str:
    if reference:
        return f"Reference '{reference}' is repeated; {keeper} is kept"
    return f"The same row is in another file of this delivery; {keeper} is kept"


def _finish(kept: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Mask the free text that is kept and give the rows the declared columns."""
    if kept.empty:
        return empty_incidents().rename_axis("row"), []
    rows = kept.set_index("row")
    counts: dict[str, int] = {}
    for name in FREE_TEXTS:
        rows[name], found = mask_personal(rows[name])
        for kind, number in found.items():
            counts[kind] = counts.get(kind, 0) + number
    texts = [name for name in ("source_ref", "uprn", *FREE_TEXTS) if name in rows]
    for name in texts:
        rows[name] = rows[name].where(filled(rows[name]), None)
    notes = [f"Masked in free text: {_say_counts(counts)}."] if counts else []
    return conform_incidents(rows), notes


_KINDS = {
    "email": ("e-mail address", "e-mail addresses"),
    "phone": ("telephone number", "telephone numbers"),
    "ni-number": ("NI number", "NI numbers"),
    "card-number": ("card number", "card numbers"),
    "birth-date": ("date of birth", "dates of birth"),
    "vehicle": ("vehicle mark", "vehicle marks"),
    "name-and-house": ("name beside a house number", "names beside house numbers"),
}


def _say_counts(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{number:,} {_KINDS[kind][number != 1]}" for kind, number in sorted(counts.items())
    )


def _dropped_notes(tables: Sequence[Table]) -> list[str]:
    dropped = _once([header for table in tables for header in table.dropped])
    return [f"Personal columns dropped at the door: {', '.join(dropped)}."] if dropped else []


def _refused(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return empty_rejected()
    refused = rows[list(REJECTED_COLUMNS)].reset_index(drop=True)
    refused["cell"] = on_distinct(refused["cell"], lambda cell: mask_text(cell)[0])
    refused["reason"] = on_distinct(refused["reason"], lambda text: mask_text(text)[0])
    refused["source_ref"] = refused["source_ref"].where(filled(refused["source_ref"]), None)
    kinds = {name: "int64" if name == "row" else "str" for name in REJECTED_COLUMNS}
    return refused.astype(kinds)


def faults_of(index: pd.Index, *found: tuple[pd.Series, pd.Series]) -> pd.DataFrame:
    """Put together why rows cannot be incidents; the first fault of a row stands.

    Parameters
    ----------
    index
        The index of the cells.
    *found
        Pairs of reasons (empty where there is none) and the failing cells.

    Returns
    -------
    pandas.DataFrame
        ``reason`` and ``cell``.
    """
    reason, cell = blank_texts(index), blank_texts(index)
    for reasons, cells in found:
        new = ~filled(reason) & filled(reasons)
        reason, cell = reason.mask(new, reasons), cell.mask(new, cells)
    return pd.DataFrame({"reason": reason, "cell": cell})


def shown_cells(cells: pd.Series, reasons: pd.Series) -> pd.Series:
    """Show a failing cell only where its reason does: any other text may be a person's.

    Examples
    --------
    >>> reasons = pd.Series(["Date: '31/02/2026' is not a date", "Date: not a date"])
    >>> shown_cells(pd.Series(["31/02/2026", "Jo Bloggs"]), reasons).tolist()
    ['31/02/2026', '']
    """
    codes, texts = distinct(reasons)
    shown = np.array(["'" in text for text in texts], dtype=bool)[codes]
    return cells.where(shown, "")


def no_type(cells: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Return a reason for rows that say nothing of what happened or where, empty for others."""
    silent = ~np.logical_or.reduce([filled(cells[name]).to_numpy() for name in names])
    reason = "No type and nothing else that says what happened"
    return blank_texts(cells.index).mask(silent, reason)


def count_note(rows: pd.Series, what: str) -> tuple[str, ...]:
    """Return a note that counts rows, or none where there are none.

    Examples
    --------
    >>> count_note(pd.Series([True, False]), "without a clock time")
    ('1 row without a clock time.',)
    """
    number = int(rows.sum())
    return (f"{say_rows(number)} {what}.",) if number else ()
