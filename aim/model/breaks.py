"""Breaks in a series: days from which one feed's numbers no longer mean what they meant before."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aim.errors import ParameterError

STAR = "*"


class BreakKind(StrEnum):
    """What happened to a feed, in the words people choose from."""

    RECORDING_RULE = "recording-rule change"
    MIGRATION = "system migration"
    NEW_ROUTE = "new reporting route"
    BOUNDARY = "boundary change"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Break:
    """One entry of the register of events, made by a person.

    Attributes
    ----------
    day
        The first London day of the new way.
    kind
        What happened.
    source
        The source it happened to; empty for all.
    types
        Slugs of the types it touches; empty for all.
    note
        What readers should know, such as the name of the rule.

    Examples
    --------
    >>> Break(date(2026, 4, 1), "system migration", source="wardens").kind.value
    'system migration'
    """

    day: date
    kind: BreakKind
    source: str = ""
    types: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        """Take the kind as a word, and refuse one that is not in the list."""
        try:
            object.__setattr__(self, "kind", BreakKind(self.kind))
        except ValueError as error:
            raise ParameterError(
                f"`kind` of a break must be one of {', '.join(BreakKind)}; found {self.kind!r}."
            ) from error

    def touches(self, sources: tuple[str, ...] = (), types: tuple[str, ...] = ()) -> bool:
        """Say whether the break can show in a choice of sources and types; empty is all.

        Examples
        --------
        >>> Break(date(2026, 4, 1), BreakKind.MIGRATION, "wardens").touches(("councillors",))
        False
        """
        same_source = not self.source or not sources or self.source in sources
        same_type = not self.types or not types or bool(set(self.types) & set(types))
        return same_source and same_type


@dataclass(frozen=True, slots=True)
class ChartMark:
    """Something that happened to the numbers, drawn as a dashed line with a short label.

    Attributes
    ----------
    month
        The month it lies in, such as ``2026-04``.
    label
        A letter that the list beside the chart explains. A star has no line: it stands for a
        month that is not complete, which is starred anyway.
    words
        What happened, as a sentence.
    share
        How far into the month the line stands, 0 to 1.
    calendar
        Whether it is of the local calendar, and no doubt about the numbers: a quieter line.
    """

    month: str
    label: str
    words: str
    share: float = 0.5
    calendar: bool = False

    @property
    def starred(self) -> bool:
        """Whether the mark is the star of a month that is not complete."""
        return self.label == STAR
