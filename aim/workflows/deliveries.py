"""Deliveries: a file is read, written, warded and recorded, or nothing happens at all."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from aim.access import audit_entry, reach_of, require
from aim.areas import assign_wards
from aim.exports import write_rejected
from aim.feeds import feed_table, read_feed
from aim.model.editions import HeldMonth
from aim.model.incidents import FeedResult
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.records import Batch, Delivery
from aim.store import Store
from aim.workflows.agreements import check_sources
from aim.workflows.links import propose_links
from aim.workflows.mapping import mapping_for
from aim.workflows.outcomes import keep_told_outcomes
from aim.workflows.places import find_positions
from aim.workflows.retention import refuse_unkept
from aim.workflows.vintages import keep_area_counts
from aim.workflows.wards import assign_in_all_sets, codes_in


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of one file: every row read is in exactly one of four counts.

    ``read = added + unchanged + updated + rejected``; ``withdrawn`` counts rows of the edition
    this file replaces, ``linked`` the likely repeats between sources that touch its rows.
    """

    feed: str
    source: str
    file: str
    batch: str | None
    read: int
    added: int
    unchanged: int
    updated: int
    withdrawn: int
    rejected: int
    linked: int
    outside_wards: int
    seconds: float
    notes: tuple[str, ...] = field(default=(), compare=False)
    rejected_file: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the promised fields of ``aim ingest --json``."""
        fields = asdict(self)
        return {name: fields[name] for name in _JSON_FIELDS}

    def sentence(self, file: str | None = None) -> str:
        """Return what became of the file in one line, under the name given or its own."""
        batch = f"batch {self.batch}" if self.batch else "dry run, nothing kept"
        return (
            f"{file or self.file}: {self.read:,} rows read, {self.added:,} added,"
            f" {self.unchanged:,} unchanged, {self.updated:,} updated,"
            f" {self.withdrawn:,} withdrawn, {self.rejected:,} rejected,"
            f" {self.outside_wards:,} outside the wards ({batch}, {self.seconds:.1f} s)"
        )


_JSON_FIELDS = (
    "feed",
    "source",
    "file",
    "batch",
    "read",
    "added",
    "unchanged",
    "updated",
    "withdrawn",
    "rejected",
    "linked",
    "outside_wards",
    "seconds",
)


# Reading takes about this share of a delivery's time; writing and warding take the rest.
READING = 0.4


class _DryRunOverError(Exception):
    """Leaves the transaction so that a dry run keeps nothing."""


def ingest_feed(
    store: Store,
    actor: Actor,
    *,
    feed: str,
    path: Path,
    source: str | None = None,
    agency: str | None = None,
    replaces: str | None = None,
    dry_run: bool = False,
    rejected_folder: Path | None = None,
    mapping: Path | None = None,
    require_agreements: bool = False,
    progress: Callable[[float], None] = lambda _: None,
) -> IngestReport:
    """Take a partner's file in: all of it with its audit entry, or nothing.

    Parameters
    ----------
    feed
        The reader's name, as ``aim feeds`` lists them.
    path
        A file, or a folder for feeds that come as one.
    source, agency
        In place of the feed's own.
    replaces
        A batch or a month whose rows absent here are withdrawn.
    dry_run
        Count everything and keep nothing.
    rejected_folder
        Where ``FILE.rejected.csv`` is written when rows were rejected; None writes none.
    mapping
        For the feed ``table``: the file that says what each column holds.
    require_agreements
        Refuse rows of a source that no sharing agreement is kept for.
    progress
        Told the share done, 0 to 1.

    Raises
    ------
    UnknownFeedError, FeedError
        No such feed; or the file is missing, empty or another feed's.
    AgreementError
        The agreement of a source ended, has not begun, or is missing where one is required.
    """
    require(actor, Action.INGEST)
    started = time.perf_counter()
    columns = mapping_for(feed, mapping)
    with ThreadPoolExecutor(1) as beside:  # the digest is the other core's work
        digest = beside.submit(file_sha256, Path(path))
        result = read_feed(
            feed,
            path,
            source=source,
            agency=agency,
            key=store.key,
            mapping=columns,
            progress=lambda share: progress(share * READING),
        )
    sources = (
        {source or feed} if result.incidents.empty else set(result.incidents["source"].unique())
    )
    check_sources(store, sources, required=require_agreements)
    result = refuse_unkept(store, result)
    result = keep_told_outcomes(store, feed, result)
    delivery = Delivery(
        feed=feed,
        source=_source_of(result, source or feed),
        agency=_agency_of(result, agency or ""),
        file_name=Path(path).name,
        file_sha256=digest.result(),
        replaces=replaces,
        notes=result.notes,
    )
    wards = store.wards(EVERYTHING)
    batch, newly_held, linked = _write(store, actor, delivery, result, wards, dry_run=dry_run)
    return IngestReport(
        feed=feed,
        source=delivery.source,
        file=str(path),
        batch=None if dry_run else batch.batch_id,
        read=batch.read,
        added=batch.added,
        unchanged=batch.unchanged,
        updated=batch.updated,
        withdrawn=batch.withdrawn,
        rejected=batch.rejected,
        linked=linked,
        outside_wards=_outside(wards, result.incidents),
        seconds=round(time.perf_counter() - started, 3),
        notes=(*result.notes, *say_held(newly_held)),
        rejected_file=_keep_rejected(result, Path(path), rejected_folder),
    )


def _keep_rejected(result: FeedResult, path: Path, folder: Path | None) -> str | None:
    if folder is None or result.rejected.empty:
        return None
    target = folder / f"{path.name}.rejected.csv"
    write_rejected(result.rejected, target)
    return target.name


def _write(
    store: Store,
    actor: Actor,
    delivery: Delivery,
    result: FeedResult,
    wards: gpd.GeoDataFrame,
    *,
    dry_run: bool,
) -> tuple[Batch, list[HeldMonth], int]:
    kept: list[Batch] = []
    linked = 0
    before = store.held_months(EVERYTHING)
    after: list[HeldMonth] = []
    with suppress(_DryRunOverError), store.transaction() as change:
        batch = change.save_delivery(delivery, result, actor=actor.id, codes_of=codes_in(wards))
        kept.append(batch)
        after = store.held_months(EVERYTHING)
        if dry_run:
            raise _DryRunOverError
        keep_area_counts(store, change, batch.batch_id, result)
        if batch.added or batch.updated:
            assign_in_all_sets(store, change)
        find_positions(store, change, _unplaced(result))
        linked = propose_links(store, change, result.incidents)
        change.record(
            audit_entry(
                actor,
                Action.INGEST,
                batch=batch.batch_id,
                feed=delivery.feed,
                file=delivery.file_sha256,
                read=batch.read,
                added=batch.added,
                updated=batch.updated,
                withdrawn=batch.withdrawn,
                rejected=batch.rejected,
            )
        )
    return kept[0], [one for one in after if one not in before], linked


def say_held(months: Sequence[HeldMonth]) -> tuple[str, ...]:
    """Say which months are held because another feed of the agency counts.

    Examples
    --------
    >>> from aim.model.editions import Part
    >>> say_held([HeldMonth("police-uk", "police", Part.CRIME, "2026-05", "police-extract")])
    ('police-uk and police-extract of police both cover the crime of 2026-05: the rows of
    police-extract count, those of police-uk are held.',)
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in months:
        groups.setdefault((one.feed, one.counted, one.agency, one.part), []).append(one.month)
    return tuple(
        f"{feed} and {counted} of {agency} both cover the {part} of {', '.join(listed)}:"
        f" the rows of {counted} count, those of {feed} are held."
        for (feed, counted, agency, part), listed in groups.items()
    )


def _unplaced(result: FeedResult) -> pd.DataFrame:
    return result.incidents[result.incidents["easting"].isna()]


def undo_delivery(store: Store, actor: Actor, batch_id: str) -> Batch:
    """Take a delivery back, or bring an undone one back; both are on record.

    Raises
    ------
    NotFoundError
        No delivery has that number.
    """
    require(actor, Action.UNDO)
    with store.transaction() as change:
        batch = change.undo_batch(batch_id)
        assign_in_all_sets(store, change)
        change.record(audit_entry(actor, Action.UNDO, batch=batch.batch_id, state=batch.state))
    return batch


def delivery_list(store: Store, actor: Actor) -> list[Batch]:
    """Return the deliveries, oldest first."""
    require(actor, Action.VIEW)
    return store.batches(reach_of(actor))


def feed_list() -> list[dict[str, str]]:
    """Return the feeds and the columns each reads, as plain text."""
    return [
        {str(name): str(value) for name, value in row.items()}
        for row in feed_table().to_dict("records")
    ]


def _outside(wards: gpd.GeoDataFrame, incidents: pd.DataFrame) -> int:
    if wards.empty:
        return 0
    positions = incidents.value_counts(["easting", "northing"], sort=False).reset_index()
    codes = assign_wards(positions, wards)["ward_code"]
    return int(positions["count"][codes.isna()].sum())


def _source_of(result: FeedResult, fallback: str) -> str:
    return _commonest(result.incidents["source"], fallback)


def _agency_of(result: FeedResult, fallback: str) -> str:
    return _commonest(result.incidents["agency"], fallback)


def _commonest(words: pd.Series, fallback: str) -> str:
    codes, found = pd.factorize(words.to_numpy(dtype=object))
    # The first of those that are equally common.
    return str(found[np.bincount(codes[codes >= 0]).argmax()]) if len(found) else fallback


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(one for one in path.rglob("*") if one.is_file())
    else:
        yield path


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, or of the files of a folder in order of their names."""
    digest = hashlib.sha256()
    for one in _files(path):
        with one.open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
