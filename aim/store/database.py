"""The store on a database: the seam's promises, each handed to the module that keeps it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from aim.errors import StoreError
from aim.model.agreements import Agreement, SavedAgreement
from aim.model.audit import EVERY_ENTRY, AuditEntry, AuditFilter, Checkpoint
from aim.model.breaks import Break
from aim.model.editions import HeldMonth
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotRun
from aim.model.incidents import FeedResult
from aim.model.people import Reach
from aim.model.records import (
    Batch,
    Coverage,
    Delivery,
    Erased,
    LeftOut,
    PlaceSet,
    SavedBreak,
    SavedRun,
    WardSet,
)
from aim.model.releases import PreElection, PublicResult, Releases
from aim.model.times import LONDON
from aim.store import (
    agreements,
    area_counts,
    chain,
    deliveries,
    editions,
    erasing,
    gazetteer,
    links,
    overlay,
    placing,
    population,
    queries,
    register,
    releases,
    runs,
    schema,
    sqlite,
    tally,
    witness,
)
from aim.store.accounts import AccountChanges, AccountReads
from aim.store.attachments import AttachmentChanges, AttachmentReads
from aim.store.calendars import CalendarChanges, CalendarReads
from aim.store.facts import DATA_VERSION, read_data_version, write_fact
from aim.store.protocol import CodesOf
from aim.store.tables import RowState
from aim.store.tasking import TaskChanges, TaskReads

Clock = Callable[[], datetime]
_AUDIT_COLUMNS = ("sequence", "at", "actor", "action", "detail", "previous", "seal")


def now() -> datetime:
    """Return this moment, UTC."""
    return datetime.now(UTC)


class DatabaseTransaction(AccountChanges, TaskChanges, AttachmentChanges, CalendarChanges):
    """Changes that are kept together or not at all."""

    def __init__(self, connection: Connection, key: bytes, clock: Clock) -> None:
        self._connection = connection
        self._key = key
        self._clock = clock
        self._changed = False
        # The state of the chain after this transaction, where it added to it.
        self.checkpoint: Checkpoint | None = None
        self.erased = False
        self._recorded = False

    def save_delivery(
        self,
        delivery: Delivery,
        result: FeedResult,
        *,
        actor: str,
        batch_id: str | None = None,
        codes_of: CodesOf | None = None,
    ) -> Batch:
        """Write a delivery: new rows added, changed rows updated (earlier value kept).

        With ``delivery.replaces`` set, rows of that batch (or month) absent here are withdrawn.
        With ``codes_of``, as for ``place_in_wards``, new rows have their ward of the current set at
        once; without it, and for rows that moved, it is left to ``place_in_wards``.
        """
        saved = deliveries.save(
            self._connection,
            delivery,
            result,
            actor=actor,
            batch_id=batch_id,
            at=self._clock(),
            codes_of=codes_of,
        )
        self._changed |= saved.changed
        return saved.batch

    def save_area_counts(self, batch_id: str, counts: pd.DataFrame) -> None:
        """Keep what area codes a delivery carried: ``source, month, kind, code, rows``."""
        area_counts.write(self._connection, batch_id, counts)

    def undo_batch(self, batch_id: str) -> Batch:
        """Take a delivery back: earlier values return. Undoing an undone batch brings it back."""
        self._changed = True
        return deliveries.undo(self._connection, batch_id, self._clock())

    def save_ward_set(self, info: WardSet, wards: gpd.GeoDataFrame) -> None:
        """Keep a boundary set; one of the same name is replaced and its incidents unassigned."""
        self._changed = True
        placing.write_set(self._connection, info, wards)

    def save_population(self, ward_set: str, counts: pd.DataFrame) -> None:
        """Keep head counts of a set's areas: ``ward_code`` and columns of numbers."""
        self._changed = True
        population.write(self._connection, ward_set, counts)

    def use_ward_set(self, name: str) -> None:
        """Make a loaded set the current one."""
        self._changed = True
        placing.choose_set(self._connection, name)

    def place_in_wards(self, ward_set: str, codes_of: CodesOf) -> None:
        """Find the ward of located rows with no entry there, from eastings and northings.

        Parameters
        ----------
        ward_set
            The set the codes belong to.
        codes_of
            Given eastings and northings (EPSG:27700, metres), returns a code for each, missing
            outside every ward.
        """
        self._changed |= placing.assign_positions(self._connection, ward_set, codes_of)

    def save_place_set(self, info: PlaceSet, places: pd.DataFrame) -> None:
        """Keep a set of places (``PLACE_COLUMNS``); one of the same name is replaced."""
        gazetteer.write_set(self._connection, info, places)

    def remove_place_set(self, name: str) -> None:
        """Remove a set of places; positions found with it stay until they are found anew."""
        gazetteer.remove_set(self._connection, name)

    def answer_place(self, answer: dict[str, Any], *, actor: str) -> None:
        """Remember what a person said of some words, by the names of ``PLACE_ANSWER_COLUMNS``."""
        gazetteer.write_answer(self._connection, answer, actor=actor, at=self._clock())

    def forget_place_answer(self, text: str, ward: str = "") -> bool:
        """Forget what was said of some words; return whether anything was."""
        return gazetteer.forget_answer(self._connection, text, ward)

    def save_placed(self, placed: pd.DataFrame, *, asked: Iterable[str] | None = None) -> None:
        """Lay found positions over rows that came without one; own positions always win.

        ``placed`` has ``incident_id``, ``easting``, ``northing``, ``lon``, ``lat``,
        ``place_precision``, ``confidence`` and ``matched``. A row of ``asked`` (ids; None for
        every row) that is not in it loses the position found before. Wards are found anew.
        """
        self._changed |= overlay.write_placed(self._connection, placed, asked)

    def save_links(self, proposed: pd.DataFrame) -> None:
        """Keep likely repeats in place of the earlier proposals; what was settled stays so.

        ``incident_a``, ``incident_b`` (a before b), ``score``, ``certain_time``, and the parts of
        the score as further columns of numbers.
        """
        self._changed = True
        links.write_links(self._connection, proposed)

    def settle_link(self, pair: tuple[str, str], state: str, *, actor: str) -> None:
        """Say of a linked pair that it is ``confirmed`` or ``refused``, or ``suggested`` again."""
        self._changed = True
        links.settle(self._connection, pair, state, actor=actor, at=self._clock())

    def add_break(self, entry: Break, *, actor: str) -> SavedBreak:
        """Add an event to the register; the caller records it in the audit chain."""
        # Charts begin anew at an event: answers made before it say something else.
        self._changed = True
        return register.add(self._connection, entry, actor=actor, at=self._clock())

    def remove_break(self, number: int) -> SavedBreak:
        """Take an event out of the register; the caller records it in the audit chain."""
        self._changed = True
        return register.remove(self._connection, number)

    def save_run(self, run: HotspotRun, *, actor: str, program_version: str) -> SavedRun:
        """Keep a run for good; ``hotspot_id`` must be filled for every hotspot."""
        return runs.write_run(
            self._connection, run, actor=actor, program_version=program_version, at=self._clock()
        )

    def remember_bands(self, bands: pd.DataFrame) -> None:
        """Keep the bands of all releases in place of those kept before."""
        releases.remember_bands(self._connection, bands)

    def remember_squares(self, squares: pd.DataFrame) -> None:
        """Keep the squares of all released hotspots in place of those kept before."""
        releases.remember_squares(self._connection, squares)

    def remember_answer(self, row: Mapping[str, Any]) -> None:
        """Keep one more answer to a free question: ``question``, ``known``, ``low``, ``high``."""
        releases.remember_answer(self._connection, row)

    def set_pre_election(self, since: date, until: date, *, actor: str) -> None:
        """Set the days on which only public figures are downloaded; the caller records it."""
        releases.set_pre_election(self._connection, since, until, actor=actor, at=self._clock())

    def draft_result(self, said: Mapping[str, str], *, actor: str) -> PublicResult:
        """Keep a draft: ``ward_code``, ``period``, ``title``, ``told``; the caller records it."""
        return releases.draft(self._connection, said, actor=actor, at=self._clock())

    def approve_result(self, number: int, *, actor: str) -> PublicResult:
        """Let a drafted result out, once; the caller records it."""
        return releases.approve(self._connection, number, actor=actor, at=self._clock())

    def set_agreement(self, agreement: Agreement, *, actor: str) -> SavedAgreement:
        """Keep an agreement as the newest version of its source; the caller records it."""
        return agreements.add(self._connection, agreement, actor=actor, at=self._clock())

    def erase(self, ids: Iterable[str], *, remember: bool) -> Erased:
        """Remove rows for good, also earlier contents and what deliveries said of them.

        Saved runs lose the members and keep how many. With ``remember`` the identities stay, so
        that the rows are refused when they are delivered again. The caller records it.
        """
        done = erasing.erase(self._connection, ids, at=self._clock(), remember=remember)
        self.erased = True
        self._changed |= done != Erased()
        return done

    def clear_rejected(
        self, source: str, *, reference: str = "", before: datetime | None = None
    ) -> int:
        """Take cell and reference out of refused rows of a source (empty for all); return how many.

        Only those with a reference, and of deliveries received before, where these are given.
        """
        self.erased = True
        return erasing.clear_rejected(self._connection, source, reference=reference, before=before)

    def record(self, entry: AuditEntry) -> None:
        """Append to the audit chain."""
        chain.append(self._connection, self._key, entry, self._clock())
        self._recorded = True

    def seal(self) -> Checkpoint:
        """Seal the state of the chain, and return that to be kept elsewhere."""
        return chain.add_checkpoint(self._connection, self._key, self._clock())

    def finish(self) -> None:
        """Move the data version on if incidents, wards, links or the register changed."""
        if self._changed:
            write_fact(self._connection, DATA_VERSION, str(read_data_version(self._connection) + 1))
        if self._recorded:
            self.checkpoint = chain.make_checkpoint(self._connection, self._key, self._clock())


class DatabaseStore(AccountReads, TaskReads, AttachmentReads, CalendarReads):
    """A store on SQLAlchemy Core; made by ``aim.store.open_store``."""

    def __init__(
        self,
        url: str,
        path: Path,
        engine: Engine,
        key: bytes,
        clock: Clock,
        *,
        beside_key: Path,
    ) -> None:
        self.url = url
        self._path = path
        self._beside_key = beside_key
        self._engine = engine
        self._key = key
        self._clock = clock
        # The open transaction of each thread: its own reads see what it wrote.
        self._open = threading.local()
        self._coverage: dict[Reach, tuple[int, list[Coverage]]] = {}
        self._tally = tally.Tally(self._write_tally)

    def __repr__(self) -> str:
        """Say where the store is."""
        return f"{type(self).__name__}({self.url!r})"

    @property
    def key(self) -> bytes:
        """The secret for row identities and the audit chain, kept beside the store."""
        return self._key

    @contextmanager
    def transaction(self) -> Iterator[DatabaseTransaction]:
        """Open a transaction; leaving it by an exception changes nothing.

        Reads of the store in the same thread see what the transaction has written so far.

        Raises
        ------
        ConflictError
            Another process is writing and did not end in time.
        StoreError
            This thread has a transaction open already.
        """
        if getattr(self._open, "connection", None) is not None:
            raise StoreError("A transaction is open in this thread already; finish it first.")
        with sqlite.in_plain_words(self._path), self._engine.connect() as plain:
            connection = sqlite.for_writing(plain)
            with connection.begin(), sqlite.with_room(connection):
                self._open.connection = connection
                try:
                    change = DatabaseTransaction(connection, self._key, self._clock)
                    yield change
                    change.finish()
                finally:
                    self._open.connection = None
        if change.checkpoint is not None:
            self._move_witness(change.checkpoint)
        if change.erased:
            sqlite.empty_journal(self._engine)

    def _move_witness(self, checkpoint: Checkpoint) -> None:
        """Move the checkpoint beside the key on, where the chain still holds what it saw."""
        held = witness.read(self._beside_key)
        if held is None or held.sequence >= checkpoint.sequence:
            return
        with self._reading() as connection:
            still_there = chain.holds(connection, held)
        if still_there:
            witness.write(self._beside_key, checkpoint)

    def _write_tally(self, counts: dict[tally.Key, int]) -> bool:
        try:
            with self._engine.connect() as plain, sqlite.without_waiting(plain):
                connection = sqlite.for_writing(plain)
                with connection.begin():
                    tally.write(connection, counts)
        except OperationalError:
            return False
        return True

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Give one unchanging view of the store, or the transaction this thread has open."""
        own: Connection | None = getattr(self._open, "connection", None)
        with sqlite.in_plain_words(self._path):
            if own is not None:
                yield own
                return
            with self._engine.connect() as connection, connection.begin():
                yield connection

    def data_version(self) -> int:
        """Return a number that grows with every change of incidents, wards, links or register."""
        with self._reading() as connection:
            return read_data_version(connection)

    def incidents(
        self,
        wanted: IncidentFilter,
        reach: Reach,
        *,
        columns: tuple[str, ...] | None = None,
        located_only: bool = False,
    ) -> pd.DataFrame:
        """Return matching incidents, sorted by ``incident_id``, with ``ward_code`` of the set.

        Parameters
        ----------
        wanted
            The filter; ``wanted.wards`` (codes) filter here too.
        reach
            What the reader may see; without free text ``description`` is missing throughout.
        columns
            Declared columns, in the order wanted; all of them by default. ``ward_code`` comes
            last unless it is named.
        located_only
            Leave out rows without a position.

        Returns
        -------
        pandas.DataFrame
            Index from 0; ``ward_code`` is missing outside every ward.

        Raises
        ------
        NotFoundError
            The filter names a boundary set or an area that is not loaded.
        ParameterError
            There is no such column.
        """
        with self._reading() as connection:
            reading = queries.read_request(connection, wanted, reach)
            return queries.read_incidents(connection, reading, columns, located_only=located_only)

    def incidents_at(
        self, points: pd.DataFrame, reach: Reach, *, columns: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """Return every incident at one of some points, as ``incidents`` does.

        Parameters
        ----------
        points
            ``easting`` and ``northing`` exactly as they are kept, as ``count_points`` gives them.
        reach, columns
            As for ``incidents``.
        """
        with self._reading() as connection:
            everything = IncidentFilter(include_outside=True)
            reading = queries.read_request(connection, everything, reach)
            return queries.read_at(connection, reading, points, columns)

    def count_points(self, reach: Reach) -> pd.DataFrame:
        """Count the located incidents of each source by point.

        Returns
        -------
        pandas.DataFrame
            ``source``, ``easting``, ``northing`` (EPSG:27700, metres), ``incidents``, ``told``
            (those with a location text) and ``months`` (in how many the source has located
            incidents), sorted by source and point.
        """
        with self._reading() as connection:
            return queries.count_points(connection, reach)

    def count_incidents(
        self, wanted: IncidentFilter, reach: Reach, *, by: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Count matching incidents by any of month, day, ward_code, incident_type, source.

        Returns
        -------
        pandas.DataFrame
            The group's columns as text (``2026-04``, ``2026-04-30``; a row known only to the
            month has no day) and ``incidents``; one row a group, sorted by the group, missing
            last. Without ``by`` one row with the whole number.

        Raises
        ------
        NotFoundError, ParameterError
            As for ``incidents``.
        """
        with self._reading() as connection:
            reading = queries.read_request(connection, wanted, reach)
            return queries.count_incidents(connection, reading, by)

    def left_out(self, wanted: IncidentFilter, reach: Reach) -> LeftOut:
        """Count the rows that might belong and were left out, each under its first reason.

        A row without a position can be in no hotspot and on no map, and might lie in any ward or
        area: it is counted whatever the place asked for.
        """
        with self._reading() as connection:
            reading = queries.read_request(connection, wanted, reach)
            return queries.count_left_out(connection, reading)

    def held(
        self, wanted: IncidentFilter, reach: Reach, *, columns: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """Return the matching rows of editions that are held, as ``incidents`` returns the others.

        They are in no count and on no map; they serve to compare the two editions.
        """
        with self._reading() as connection:
            reading = queries.read_request(connection, wanted, reach)
            held = replace(reading, states=(RowState.HELD,))
            return queries.read_incidents(connection, held, columns, located_only=False)

    def held_months(self, reach: Reach) -> list[HeldMonth]:
        """Return the months that are held and the feed that counts in their place, in order."""
        with self._reading() as connection:
            return editions.read_held(connection, reach)

    def coverage(self, reach: Reach) -> list[Coverage]:
        """Return what each source holds and to which day it is complete, sorted by source."""
        with self._reading() as connection:
            if getattr(self._open, "connection", None) is not None:
                return queries.read_coverage(connection, reach)
            version = read_data_version(connection)
            held = self._coverage.get(reach)
            if held is None or held[0] != version:
                held = self._coverage[reach] = (version, queries.read_coverage(connection, reach))
            return list(held[1])

    def batches(self, reach: Reach) -> list[Batch]:
        """Return the deliveries, oldest first."""
        with self._reading() as connection:
            return deliveries.list_batches(connection, reach)

    def area_counts(self, reach: Reach) -> pd.DataFrame:
        """Return ``source, month, kind, code, rows`` of the deliveries that stand."""
        with self._reading() as connection:
            return area_counts.read(connection, reach)

    def rejected(self, batch_id: str, reach: Reach) -> pd.DataFrame:
        """Return the rejected rows of one delivery.

        Raises
        ------
        NotFoundError
            No delivery has that name, or the reach does not show it.
        """
        with self._reading() as connection:
            return deliveries.list_rejected(connection, batch_id, reach)

    def ward_sets(self, reach: Reach) -> list[WardSet]:  # noqa: ARG002 - boundaries are public, the seam is the same for all reads
        """Return the loaded boundary sets, by name."""
        with self._reading() as connection:
            return placing.list_sets(connection)

    def wards(self, reach: Reach, *, ward_set: str | None = None) -> gpd.GeoDataFrame:  # noqa: ARG002 - boundaries are public, the seam is the same for all reads
        """Return ``ward_code``, ``ward_name`` and polygons (EPSG:27700), sorted by code.

        Empty where no set is loaded and none was named.

        Raises
        ------
        NotFoundError
            No set has that name.
        """
        with self._reading() as connection:
            return placing.read_polygons(connection, ward_set)

    def population(self, reach: Reach, *, ward_set: str | None = None) -> pd.DataFrame:  # noqa: ARG002 - head counts are public, the seam is the same for all reads
        """Return ``ward_code`` and head counts of a set's areas; empty where none were loaded.

        Raises
        ------
        NotFoundError
            No set has that name.
        """
        with self._reading() as connection:
            return population.read(connection, ward_set)

    def place_sets(self, reach: Reach) -> list[PlaceSet]:  # noqa: ARG002 - places are no incidents, the seam is the same for all reads
        """Return the loaded sets of places, by name."""
        with self._reading() as connection:
            return gazetteer.list_sets(connection)

    def places(self, reach: Reach) -> pd.DataFrame:  # noqa: ARG002 - places are no incidents, the seam is the same for all reads
        """Return the places of all sets (``PLACE_COLUMNS``)."""
        with self._reading() as connection:
            return gazetteer.read_places(connection)

    def place_answers(self, reach: Reach) -> pd.DataFrame:  # noqa: ARG002 - places are no incidents, the seam is the same for all reads
        """Return ``PLACE_ANSWER_COLUMNS`` with ``actor`` and ``answered_at``."""
        with self._reading() as connection:
            return gazetteer.read_answers(connection)

    def without_position(self, reach: Reach) -> pd.DataFrame:
        """Return the incidents that came without a position, as they came."""
        with self._reading() as connection:
            return queries.read_without_position(connection, reach)

    def placed(self, reach: Reach) -> pd.DataFrame:
        """Return the positions found for incidents that came without one, sorted by id."""
        with self._reading() as connection:
            return queries.read_placed(connection, reach)

    def links(self, reach: Reach) -> pd.DataFrame:
        """Return the links of which the reach shows both ends, sorted by the two ids.

        ``incident_a``, ``incident_b``, ``score``, ``certain_time``, ``state``, ``actor``,
        ``settled_at`` and the parts of the score.
        """
        with self._reading() as connection:
            return queries.read_links(connection, reach)

    def linked(
        self,
        wanted: IncidentFilter,
        reach: Reach,
        *,
        columns: tuple[str, ...] | None = None,
        refused: bool = False,
    ) -> pd.DataFrame:
        """Return the matching incidents that stand in a link; in a ``refused`` one if asked for."""
        with self._reading() as connection:
            reading = queries.read_request(connection, wanted, reach)
            return queries.read_linked(connection, reading, columns, refused=refused)

    def releases(self, reach: Reach) -> Releases:  # noqa: ARG002 - it holds no incident, the seam is the same for all reads
        """Return what was released to people who see figures only, to fit the next release to."""
        with self._reading() as connection:
            return releases.read(connection)

    def pre_election(self, reach: Reach) -> PreElection | None:  # noqa: ARG002 - as above
        """Return the days on which only public figures are downloaded; None if never set."""
        with self._reading() as connection:
            return releases.pre_election_days(connection)

    def results(self, reach: Reach) -> list[PublicResult]:  # noqa: ARG002 - as above
        """Return the results drafted or approved for the public, in order."""
        with self._reading() as connection:
            return releases.list_results(connection)

    def breaks(self, reach: Reach) -> list[SavedBreak]:  # noqa: ARG002 - the register names no incident, the seam is the same for all reads
        """Return the register of events, by day."""
        with self._reading() as connection:
            return register.list_all(connection)

    def runs(self, reach: Reach) -> list[SavedRun]:
        """Return the heads of the saved runs, oldest first; none to a reach with row limits."""
        with self._reading() as connection:
            return runs.list_runs(connection, reach)

    def run(self, run_id: str, reach: Reach) -> HotspotRun:
        """Return a saved run whole.

        Raises
        ------
        NotFoundError
            No run has that name, or the reach does not show it.
        """
        with self._reading() as connection:
            return runs.read_run(connection, run_id, reach)

    def hotspot_history(self, hotspot_id: str, reach: Reach) -> pd.DataFrame:
        """Return the rows one lasting hotspot had in each run, oldest first, with ``run_id``."""
        with self._reading() as connection:
            history: pd.DataFrame = runs.read_history(connection, hotspot_id, reach)
        return history

    def audit(self, reach: Reach, wanted: AuditFilter = EVERY_ENTRY) -> pd.DataFrame:
        """Return the audit entries, oldest first; none to a reach with row limits."""
        with self._reading() as connection:
            rows = chain.read(connection, wanted) if runs.sees_runs(reach) else []
        return pd.DataFrame(
            {
                name: pd.Series(
                    [getattr(row, name) for row in rows],
                    dtype="int64" if name == "sequence" else "str",
                )
                for name in _AUDIT_COLUMNS
            }
        )

    def verify_audit(self, *against: Checkpoint) -> list[str]:
        """Return what is wrong with the audit chain; an empty list when it is whole.

        The checkpoint beside the key is always looked at.

        Parameters
        ----------
        *against
            Checkpoints that were kept elsewhere.
        """
        # Read first: what is added meanwhile is then no fault.
        beside = witness.read(self._beside_key)
        with self._reading() as connection:
            found = chain.faults(connection, self._key, *((beside,) if beside else ()), *against)
        if beside is None:
            found.append(
                f"No checkpoint lies beside the key ({self._beside_key.name}), so entries cut off"
                " the end may not show. Compare with one kept elsewhere (aim audit verify"
                " --against), then run aim audit accept."
            )
        return found

    def accept_audit(self) -> Checkpoint:
        """Take the chain as it stands for true: make the checkpoint beside the key anew."""
        with self._reading() as connection:
            made = chain.make_checkpoint(connection, self._key, self._clock())
        witness.write(self._beside_key, made)
        return made

    def count_view(self, actor: str, page: str) -> None:
        """Count a view of a page that shows no rows one by one."""
        self._tally.add(self._clock().astimezone(LONDON).date(), actor, page)

    def views(self, reach: Reach) -> pd.DataFrame:
        """Return ``day``, ``actor``, ``page`` and ``views``, newest day first.

        None to a reach with row limits.
        """
        self._tally.flush()
        with self._reading() as connection:
            counts = tally.read(connection)
        return counts if runs.sees_runs(reach) else counts.iloc[:0]

    def agreements(self, reach: Reach) -> list[SavedAgreement]:  # noqa: ARG002 - agreements are no incidents, the seam is the same for all reads
        """Return every version of the sharing agreements, by source, oldest first."""
        with self._reading() as connection:
            return agreements.list_all(connection)

    def past_time(self, source: str, before: date, reach: Reach) -> pd.DataFrame:
        """Return ``incident_id`` and ``month`` of a source's rows that ended before a London day.

        Withdrawn and undone rows are among them; none to a reach with row limits.
        """
        with self._reading() as connection:
            found = erasing.find_past(connection, source, before)
        return found if runs.sees_runs(reach) else found.iloc[:0]

    def rejected_past(self, source: str, before: datetime, reach: Reach) -> int:
        """Count refused rows of a source received before that still hold cell or reference."""
        with self._reading() as connection:
            found = erasing.count_rejected(connection, source, before)
        return found if runs.sees_runs(reach) else 0

    def of_reference(
        self, reference: str, reach: Reach, *, source: str = ""
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return everything kept under a sender's reference: rows, and refused rows.

        The rows have the declared columns and ``state`` (current, held, withdrawn, undone, or
        earlier for contents since replaced), the refused ones ``batch_id`` and the columns of
        refused rows. Both are empty to a reach with row limits.
        """
        with self._reading() as connection:
            rows = erasing.find_reference(connection, reference, source)
            refused = erasing.find_rejected(connection, reference, source)
        if runs.sees_runs(reach):
            return rows, refused
        return rows.iloc[:0], refused.iloc[:0]

    def erased_among(self, ids: Iterable[str]) -> set[str]:
        """Return which of some rows were erased for a person and must not come back."""
        with self._reading() as connection:
            return erasing.erased_among(connection, ids)

    def backup(self, path: Path) -> None:
        """Write a consistent copy while others read and write; the key file is kept apart.

        Raises
        ------
        StoreError
            The file exists or cannot be written.
        """
        sqlite.copy_database(self._path, Path(path))

    def check(self) -> list[tuple[str, bool, str]]:
        """Return checks of the store's health: name, whether it passed, and what was found."""
        with self._reading() as connection:
            revision = schema.stored_revision(connection)
            found = sqlite.health(connection, self._path)
        faults = self.verify_audit()
        newest = schema.REVISIONS[-1]
        return [
            ("store version", revision == newest, f"{revision}, this program's is {newest}"),
            *found,
            ("store key", True, "read, and the one this store was made with"),
            ("audit chain", not faults, " ".join(faults[:3]) or "whole"),
        ]

    def close(self) -> None:
        """Let go of files and connections, when the views counted so far are written."""
        self._tally.flush()
        self._engine.dispose()
