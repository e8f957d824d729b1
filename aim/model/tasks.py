"""What every record of the office has: a key, a version, a history, and who may know of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Generic, Protocol, TypeVar

from aim.errors import ParameterError

What = TypeVar("What")


class EventKind(StrEnum):
    """What happened to a record, in the words its history uses."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    UPDATED = "updated"
    COMMENTED = "commented"
    ATTACHED = "attached"
    REMOVED = "taken out"


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One line of a record's history, which nobody can rewrite.

    Attributes
    ----------
    kind, words
        What happened, and what was said.
    changes
        Name of each field that changed, what it was, what it became.
    number, actor, at
        Its place in the history, who and when; the store gives them.
    """

    kind: EventKind
    words: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    number: int = 0
    actor: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept(Generic[What]):
    """A record as the store keeps it.

    Attributes
    ----------
    key
        A number nobody can guess from another's: gaps tell nothing.
    version
        Grows with every change; who changes says which version they saw.
    what
        The record.
    made_by, made_at, changed_by, changed_at
        Who and when, UTC.
    """

    key: str
    version: int
    what: What
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class TaskReach:
    """How far somebody sees groups, places and actions; every read of them takes one.

    A restricted record is seen by those it names and by nobody else, whatever stands here.

    Attributes
    ----------
    who, agency
        Account and agency; nobody sees nothing.
    groups
        Names of groups the person is in, beside those that name the person.
    every
        Whether all records are seen; else one's own, one's agency's and one's groups'.

    Examples
    --------
    >>> TaskReach().who
    ''
    """

    who: str = ""
    agency: str = ""
    groups: frozenset[str] = field(default_factory=frozenset)
    every: bool = False


@dataclass(frozen=True, slots=True)
class GroupKeys:
    """The groups a reach has to do with, by number; the store finds them for each read.

    Attributes
    ----------
    own
        Groups the reader is in.
    seen
        Groups the reader sees: these, those of their agency, or all.
    """

    own: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()


class Task(Protocol):
    """A kind of record the office keeps; a frozen dataclass of plain fields.

    The store asks ``is_for`` before a record is counted, sorted or named anywhere.
    """

    kind: ClassVar[str]

    def is_for(self, reach: TaskReach, groups: GroupKeys) -> bool:
        """Tell whether a reach shows the record."""
        ...


def may_know(readers: Collection[str], reach: TaskReach) -> bool:
    """Tell whether somebody is among the readers; nobody named means everybody known.

    Examples
    --------
    >>> may_know({"lead"}, TaskReach("other", every=True))
    False
    """
    return bool(reach.who) and (not readers or reach.who in readers)


def say_changed(kind: str, version: int, now: int, by: str) -> str:
    """Say that a record is newer than what somebody saw of it.

    Examples
    --------
    >>> say_changed("group", 1, 2, "lead").partition(";")[0]
    'The group was to be changed from version 1'
    """
    return (
        f"The {kind} was to be changed from version {version}; {by} has made it version {now}"
        " since. Look at what is new and change it again."
    )


Word = TypeVar("Word", bound=StrEnum)


def word_of(kind: type[Word], text: str, name: str) -> Word:
    """Read a word of a list.

    Raises
    ------
    ParameterError
        It is not in the list.

    Examples
    --------
    >>> word_of(EventKind, "moved", "what")
    <EventKind.MOVED: 'moved'>
    """
    try:
        return kind(text)
    except ValueError as error:
        raise ParameterError(f"`{name}` is one of {', '.join(kind)}; found {text!r}.") from error
