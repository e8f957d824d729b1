"""The seam every store fits: what the hall may ask of the cellar."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.model.accounts import Account, Attempts, Credentials, Session, Token
from aim.model.agreements import Agreement, SavedAgreement
from aim.model.attachments import Attachment
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
from aim.model.tasks import Kept, Task, TaskEvent, TaskReach

Floats = npt.NDArray[np.float64]
CodesOf = Callable[[Floats, Floats], Iterable[Any]]
What = TypeVar("What", bound=Task)


class AccountChanges(Protocol):
    """Changes that concern people; ids of accounts are never given twice."""

    def add_account(self, added: Account) -> None:
        """Keep a new account, which no password opens yet."""
        ...

    def change_account(self, changed: Account) -> None:
        """Keep what an account is now."""
        ...

    def save_credentials(self, credentials: Credentials) -> None:
        """Keep what opens an account's door."""
        ...

    def save_session(self, kept: Session) -> None:
        """Keep a session, new or used again."""
        ...

    def end_sessions(self, account_id: str, at: datetime) -> None:
        """End every session of an account."""
        ...

    def add_token(self, made: Token) -> Token:
        """Keep a token under the next number, which is never given again."""
        ...

    def revoke_token(self, number: int, at: datetime) -> Token:
        """Make a token open nothing any more."""
        ...

    def attempts(self, who: str) -> Attempts | None:
        """Return the failed tries counted under a mark."""
        ...

    def save_attempts(self, who: str, counted: Attempts | None) -> None:
        """Keep the failed tries counted under a mark; None forgets them."""
        ...

    def forget_sign_ins(self, before: datetime) -> None:
        """Remove sessions and failed tries that began before a moment."""
        ...

    def mark_demo(self) -> None:
        """Mark the store as one of invented people and data, for good."""
        ...


class AccountReads(Protocol):
    """Reads that concern people; accounts are no incidents and take no reach."""

    def has_accounts(self) -> bool:
        """Tell whether anybody has an account, disabled ones too."""
        ...

    def accounts(self) -> list[Account]:
        """Return the accounts, by id."""
        ...

    def account(self, account_id: str) -> Account:
        """Return one account."""
        ...

    def credentials(self, account_id: str) -> Credentials | None:
        """Return what opens an account's door, None where there is no such account."""
        ...

    def session(self, token_hash: str) -> Session | None:
        """Return the session of a token's hash, ended ones too."""
        ...

    def note_use(self, token_hash: str, at: datetime) -> None:
        """Note that a session was used, unless somebody else is writing just now."""
        ...

    def tokens(self) -> list[Token]:
        """Return the tokens, by number."""
        ...

    def token(self, token_hash: str) -> Token | None:
        """Return the token of a hash, revoked ones too."""
        ...

    def is_demo(self) -> bool:
        """Tell whether the store was marked as one of invented people and data."""
        ...


class TaskChanges(Protocol):
    """Changes that concern places people work at, groups, actions and meetings.

    The caller records each in the audit chain.
    """

    def add_task(self, key: str, what: What, event: TaskEvent, *, actor: str) -> Kept[What]:
        """Keep a new record under a key nobody can guess."""
        ...

    def change_task(
        self, key: str, what: What, event: TaskEvent, *, version: int, actor: str
    ) -> Kept[What]:
        """Keep what a record is now, for somebody who saw its newest version."""
        ...

    def note_task(self, kind: type[Task], key: str, event: TaskEvent, *, actor: str) -> None:
        """Add a line to a record's history that changes nothing, such as a comment."""
        ...


class TaskReads(Protocol):
    """Reads that concern them; each takes a ``TaskReach``, and what it hides is nowhere."""

    def tasks(self, kind: type[What], reach: TaskReach) -> list[Kept[What]]:
        """Return the records of a kind that a reach shows, oldest first."""
        ...

    def task(self, kind: type[What], key: str, reach: TaskReach) -> Kept[What]:
        """Return one record; one that is hidden is said not to be there."""
        ...

    def task_history(self, kind: type[Task], key: str, reach: TaskReach) -> list[TaskEvent]:
        """Return what happened to a record, oldest first."""
        ...


class AttachmentChanges(Protocol):
    """Changes that concern files attached to them."""

    def attach(
        self,
        kind: type[Task],
        key: str,
        content: bytes,
        *,
        name: str,
        media_type: str,
        sha256: str,
        actor: str,
    ) -> Attachment:
        """Keep a file beside a record."""
        ...

    def remove_attachments(self, kind: type[Task], key: str, numbers: Iterable[int]) -> int:
        """Remove files for good, and return how many were there."""
        ...


class AttachmentReads(Protocol):
    """Reads that concern them; what a reach hides of the records, it hides of their files."""

    def attachments(self, kind: type[Task], key: str, reach: TaskReach) -> list[Attachment]:
        """Return what is told of a record's files, oldest first."""
        ...

    def attached(
        self, kind: type[Task], key: str, number: int, reach: TaskReach
    ) -> tuple[Attachment, bytes]:
        """Return one file of a record."""
        ...

    def tasks_with_files(self, kind: type[Task], fields: Mapping[str, str]) -> dict[str, list[int]]:
        """Return the numbers of the files of records with given texts, by key, for erasing."""
        ...


class CalendarChanges(Protocol):
    """Changes of the private addresses of calendars."""

    def set_calendar_address(self, account: str, token_hash: str) -> None:
        """Give an account's calendar a new address; the one before is none any more."""
        ...

    def revoke_calendar_address(self, account: str) -> bool:
        """Take an account's address away, and tell whether there was one."""
        ...


class CalendarReads(Protocol):
    """Reads of them; the address itself is nowhere."""

    def calendar_account(self, token_hash: str) -> str | None:
        """Return whose calendar an address is, by its hash."""
        ...

    def calendar_since(self, account: str) -> datetime | None:
        """Return since when an account's calendar has an address; None where it has none."""
        ...


class Transaction(AccountChanges, TaskChanges, AttachmentChanges, CalendarChanges, Protocol):
    """Changes that are kept together or not at all, with the audit entries that tell of them."""

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
        ...

    def save_area_counts(self, batch_id: str, counts: pd.DataFrame) -> None:
        """Keep what area codes a delivery carried: ``source, month, kind, code, rows``."""
        ...

    def undo_batch(self, batch_id: str) -> Batch:
        """Take a delivery back: earlier values return. Undoing an undone batch brings it back."""
        ...

    def save_ward_set(self, info: WardSet, wards: gpd.GeoDataFrame) -> None:
        """Keep a boundary set: ``ward_code``, ``ward_name``, polygons in EPSG:27700.

        A set of the same name is replaced; its incidents are assigned anew by the caller.
        """
        ...

    def save_population(self, ward_set: str, counts: pd.DataFrame) -> None:
        """Keep head counts of a set's areas: ``ward_code`` and columns of numbers.

        They take the place of earlier ones of the set, and stay when its polygons are replaced.
        """
        ...

    def use_ward_set(self, name: str) -> None:
        """Make a loaded set the current one."""
        ...

    def place_in_wards(self, ward_set: str, codes_of: CodesOf) -> None:
        """Find the ward of located rows with no entry in a set, new or moved.

        Parameters
        ----------
        ward_set
            The set the codes belong to.
        codes_of
            Given eastings and northings (EPSG:27700, metres), returns a code for each, missing
            outside every ward.
        """
        ...

    def save_place_set(self, info: PlaceSet, places: pd.DataFrame) -> None:
        """Keep a set of places (``PLACE_COLUMNS``); one of the same name is replaced."""
        ...

    def remove_place_set(self, name: str) -> None:
        """Remove a set of places; positions found with it stay until they are found anew."""
        ...

    def answer_place(self, answer: dict[str, Any], *, actor: str) -> None:
        """Remember what a person said of some words, by the names of ``PLACE_ANSWER_COLUMNS``."""
        ...

    def forget_place_answer(self, text: str, ward: str = "") -> bool:
        """Forget what was said of some words; return whether anything was."""
        ...

    def save_placed(self, placed: pd.DataFrame, *, asked: Iterable[str] | None = None) -> None:
        """Lay found positions over rows that came without one; own positions always win.

        ``placed`` has ``incident_id``, ``easting``, ``northing``, ``lon``, ``lat``,
        ``place_precision``, ``confidence`` and ``matched``. A row of ``asked`` (ids; None for
        every row) that is not in it loses the position found before. Wards are found anew.
        """
        ...

    def save_links(self, proposed: pd.DataFrame) -> None:
        """Keep likely repeats in place of the earlier proposals; what was settled stays so.

        ``incident_a``, ``incident_b`` (a before b), ``score``, ``certain_time``, and the parts of
        the score as further columns of numbers.
        """
        ...

    def settle_link(self, pair: tuple[str, str], state: str, *, actor: str) -> None:
        """Say of a linked pair that it is ``confirmed`` or ``refused``, or ``suggested`` again."""
        ...

    def add_break(self, entry: Break, *, actor: str) -> SavedBreak:
        """Add an event to the register; the caller records it in the audit chain."""
        ...

    def remove_break(self, number: int) -> SavedBreak:
        """Take an event out of the register; the caller records it in the audit chain."""
        ...

    def save_run(self, run: HotspotRun, *, actor: str, program_version: str) -> SavedRun:
        """Keep a run for good; ``hotspot_id`` must be filled for every hotspot."""
        ...

    def set_agreement(self, agreement: Agreement, *, actor: str) -> SavedAgreement:
        """Keep an agreement as the newest version of its source; the caller records it."""
        ...

    def erase(self, ids: Iterable[str], *, remember: bool) -> Erased:
        """Remove rows for good, also earlier contents and what deliveries said of them.

        Saved runs lose the members and keep how many. With ``remember`` the identities stay, so
        that the rows are refused when they are delivered again. The caller records it.
        """
        ...

    def clear_rejected(
        self, source: str, *, reference: str = "", before: datetime | None = None
    ) -> int:
        """Take cell and reference out of refused rows of a source (empty for all); return how many.

        Only those with a reference, and of deliveries received before, where these are given.
        """
        ...

    def remember_bands(self, bands: pd.DataFrame) -> None:
        """Keep the bands of all releases in place of those kept before."""
        ...

    def remember_squares(self, squares: pd.DataFrame) -> None:
        """Keep the squares of all released hotspots in place of those kept before."""
        ...

    def remember_answer(self, row: Mapping[str, Any]) -> None:
        """Keep one more answer to a free question: ``question``, ``known``, ``low``, ``high``."""
        ...

    def set_pre_election(self, since: date, until: date, *, actor: str) -> None:
        """Set the days on which only public figures are downloaded; the caller records it."""
        ...

    def draft_result(self, said: Mapping[str, str], *, actor: str) -> PublicResult:
        """Keep a draft: ``ward_code``, ``period``, ``title``, ``told``, ``figures``.

        The caller records it.
        """
        ...

    def approve_result(self, number: int, *, actor: str) -> PublicResult:
        """Let a drafted result out, once; the caller records it."""
        ...

    def record(self, entry: AuditEntry) -> None:
        """Append to the audit chain."""
        ...

    def seal(self) -> Checkpoint:
        """Seal the state of the chain, and return that to be kept elsewhere."""
        ...


class Store(AccountReads, TaskReads, AttachmentReads, CalendarReads, Protocol):
    """Where things are kept. Every read of data takes a ``Reach``."""

    url: str

    @property
    def key(self) -> bytes:
        """The secret for row identities and the audit chain, kept beside the store."""
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction; leaving it by an exception changes nothing."""
        ...

    def data_version(self) -> int:
        """Return a number that grows with every change of incidents, wards, links or register."""
        ...

    def incidents(
        self,
        wanted: IncidentFilter,
        reach: Reach,
        *,
        columns: tuple[str, ...] | None = None,
        located_only: bool = False,
    ) -> pd.DataFrame:
        """Return matching incidents, sorted by ``incident_id``, with ``ward_code`` of the set.

        Rows of an edition that is held are left out, here and in counts.
        ``wanted.wards`` (codes) filter here too. Free text is absent unless the reach allows it.
        ``located_only`` leaves out rows without a position.
        """
        ...

    def incidents_at(
        self, points: pd.DataFrame, reach: Reach, *, columns: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """Return every incident at one of some points, as ``incidents`` does.

        ``points`` has ``easting`` and ``northing`` exactly as ``count_points`` gives them.
        """
        ...

    def count_points(self, reach: Reach) -> pd.DataFrame:
        """Count the located incidents of each source by point.

        ``source, easting, northing, incidents, told`` (those with a location text) and ``months``
        (in how many the source has located incidents), sorted by source and point.
        """
        ...

    def count_incidents(
        self, wanted: IncidentFilter, reach: Reach, *, by: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Count matching incidents by any of month, day, ward_code, incident_type, source, feed.

        One row a group with column ``incidents``, sorted by the group.
        """
        ...

    def left_out(self, wanted: IncidentFilter, reach: Reach) -> LeftOut:
        """Count what the filter left out, by reason."""
        ...

    def held(
        self, wanted: IncidentFilter, reach: Reach, *, columns: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """Return the matching rows of editions that are held, as ``incidents`` does the others."""
        ...

    def held_months(self, reach: Reach) -> list[HeldMonth]:
        """Return the months that are held and the feed that counts in their place, in order."""
        ...

    def coverage(self, reach: Reach) -> list[Coverage]:
        """Return what each source holds and to which day it is complete, sorted by source."""
        ...

    def batches(self, reach: Reach) -> list[Batch]:
        """Return the deliveries, oldest first."""
        ...

    def area_counts(self, reach: Reach) -> pd.DataFrame:
        """Return ``source, month, kind, code, rows`` of the deliveries that stand."""
        ...

    def rejected(self, batch_id: str, reach: Reach) -> pd.DataFrame:
        """Return the rejected rows of one delivery."""
        ...

    def ward_sets(self, reach: Reach) -> list[WardSet]:
        """Return the loaded boundary sets, by name."""
        ...

    def wards(self, reach: Reach, *, ward_set: str | None = None) -> gpd.GeoDataFrame:
        """Return ``ward_code``, ``ward_name`` and polygons (EPSG:27700), sorted by code.

        Empty where no set is loaded and none was named.
        """
        ...

    def population(self, reach: Reach, *, ward_set: str | None = None) -> pd.DataFrame:
        """Return ``ward_code`` and head counts of a set's areas, sorted by code.

        The columns are those that were kept (``population``, ``households``, others). Empty where
        none were loaded; of the current set where none is named.
        """
        ...

    def place_sets(self, reach: Reach) -> list[PlaceSet]:
        """Return the loaded sets of places, by name."""
        ...

    def places(self, reach: Reach) -> pd.DataFrame:
        """Return the places of all sets (``PLACE_COLUMNS``)."""
        ...

    def place_answers(self, reach: Reach) -> pd.DataFrame:
        """Return ``PLACE_ANSWER_COLUMNS`` with ``actor`` and ``answered_at``."""
        ...

    def without_position(self, reach: Reach) -> pd.DataFrame:
        """Return the incidents that came without a position, as they came."""
        ...

    def placed(self, reach: Reach) -> pd.DataFrame:
        """Return the positions found for incidents that came without one, sorted by id."""
        ...

    def links(self, reach: Reach) -> pd.DataFrame:
        """Return the links of which the reach shows both ends, sorted by the two ids.

        ``incident_a``, ``incident_b``, ``score``, ``certain_time``, ``state``, ``actor``,
        ``settled_at`` and the parts of the score.
        """
        ...

    def linked(
        self,
        wanted: IncidentFilter,
        reach: Reach,
        *,
        columns: tuple[str, ...] | None = None,
        refused: bool = False,
    ) -> pd.DataFrame:
        """Return the matching incidents that stand in a link; in a ``refused`` one if asked for."""
        ...

    def releases(self, reach: Reach) -> Releases:
        """Return what was released to people who see figures only, to fit the next release to."""
        ...

    def pre_election(self, reach: Reach) -> PreElection | None:
        """Return the days on which only public figures are downloaded; None if never set."""
        ...

    def results(self, reach: Reach) -> list[PublicResult]:
        """Return the results drafted or approved for the public, in order."""
        ...

    def breaks(self, reach: Reach) -> list[SavedBreak]:
        """Return the register of events, by day."""
        ...

    def runs(self, reach: Reach) -> list[SavedRun]:
        """Return the heads of the saved runs, oldest first."""
        ...

    def run(self, run_id: str, reach: Reach) -> HotspotRun:
        """Return a saved run whole."""
        ...

    def hotspot_history(self, hotspot_id: str, reach: Reach) -> pd.DataFrame:
        """Return the rows one lasting hotspot had in each run, oldest first, with ``run_id``."""
        ...

    def audit(self, reach: Reach, wanted: AuditFilter = EVERY_ENTRY) -> pd.DataFrame:
        """Return the audit entries asked for, oldest first; none to a reach with row limits."""
        ...

    def verify_audit(self, *against: Checkpoint) -> list[str]:
        """Return what is wrong with the audit chain; an empty list when it is whole.

        ``against`` are checkpoints kept elsewhere; one beside the key is always looked at.
        """
        ...

    def accept_audit(self) -> Checkpoint:
        """Take the chain as it stands for true: make the checkpoint beside the key anew."""
        ...

    def count_view(self, actor: str, page: str) -> None:
        """Count a view of a page that shows no rows one by one, without making a reader wait."""
        ...

    def views(self, reach: Reach) -> pd.DataFrame:
        """Return ``day``, ``actor``, ``page`` and ``views``, newest day first."""
        ...

    def agreements(self, reach: Reach) -> list[SavedAgreement]:
        """Return every version of the sharing agreements, by source, oldest first."""
        ...

    def past_time(self, source: str, before: date, reach: Reach) -> pd.DataFrame:
        """Return ``incident_id`` and ``month`` of a source's rows that ended before a London day.

        Withdrawn and undone rows are among them; none to a reach with row limits.
        """
        ...

    def rejected_past(self, source: str, before: datetime, reach: Reach) -> int:
        """Count refused rows of a source received before that still hold cell or reference."""
        ...

    def of_reference(
        self, reference: str, reach: Reach, *, source: str = ""
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return everything kept under a sender's reference: rows, and refused rows.

        The rows have the declared columns and ``state`` (current, held, withdrawn, undone, or
        earlier for contents since replaced), the refused ones ``batch_id`` and the columns of
        refused rows. Both are empty to a reach with row limits.
        """
        ...

    def erased_among(self, ids: Iterable[str]) -> set[str]:
        """Return which of some rows were erased for a person and must not come back."""
        ...

    def backup(self, path: Path) -> None:
        """Write a consistent copy while others read and write."""
        ...

    def check(self) -> list[tuple[str, bool, str]]:
        """Return checks of the store's health: name, whether it passed, and what was found."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
