"""What was released to people who see figures only, and what the public was told."""

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd


@dataclass(frozen=True, slots=True)
class Releases:
    """Everything released so far; each later release must fit it.

    Attributes
    ----------
    bands
        ``ward_code``, ``period``, ``theme``, ``low``, ``high`` of sensitive figures.
    squares
        ``period``, ``theme``, ``ward_code``, ``square`` of hotspots.
    answers
        ``question``, ``known``, ``low``, ``high`` of free questions, in the order answered.

    Examples
    --------
    >>> rows = pd.DataFrame()
    >>> Releases(rows, rows, rows).bands.empty
    True
    """

    bands: pd.DataFrame
    squares: pd.DataFrame
    answers: pd.DataFrame


@dataclass(frozen=True, slots=True)
class PreElection:
    """Days on which only figures that are public already may be downloaded.

    Attributes
    ----------
    since, until
        London days, the first in, the second out.
    actor
        Who set it.

    Examples
    --------
    >>> PreElection(date(2026, 3, 24), date(2026, 5, 8), "admin").holds_on(date(2026, 5, 8))
    False
    """

    since: date
    until: date
    actor: str

    def holds_on(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        return self.since <= day < self.until


@dataclass(frozen=True, slots=True)
class PublicResult:
    """One page for residents: what was reported, what was done, drafted and then approved.

    Attributes
    ----------
    number
        Its number in this store.
    ward_code, period
        What it is about.
    title, told
        Its heading, and what the partnership says was done, in plain words.
    figures
        The numbers as drafted, JSON: what was looked at and approved is what goes out.
    drafted_by, drafted_at
        Who wrote it, and when.
    approved_by, approved_at
        The coordinator who let it out, and when; nothing until then.

    Examples
    --------
    >>> at = datetime(2026, 5, 2)
    >>> PublicResult(1, "N1", "2026-04", "Harbour", "Lights mended.", "lead", at).is_approved
    False
    """

    number: int
    ward_code: str
    period: str
    title: str
    told: str
    drafted_by: str
    drafted_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None
    figures: str = ""

    @property
    def is_approved(self) -> bool:
        """Whether it may leave the hub."""
        return bool(self.approved_by)
