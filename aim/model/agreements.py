"""Sharing agreements: under which rules a source's rows are held, seen and handed on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from aim.errors import ParameterError
from aim.model.people import Role

# What an agreement can keep back of a row that is shown.
WITHHOLDABLE = ("description", "location_text", "uprn")
WHOLE_ROW = "*"
# So many days before review or end, people are told.
NOTICE_DAYS = 60
LONGEST_TEXT = 400


class Regime(StrEnum):
    """The law the sharing stands on."""

    UK_GDPR = "UK GDPR, Part 2 of the Data Protection Act 2018"
    LAW_ENFORCEMENT = "law enforcement, Part 3 of the Data Protection Act 2018"
    CRIME_AND_DISORDER = "Crime and Disorder Act 1998, section 115, with UK GDPR"
    OPEN_LICENCE = "public under an open licence"


class Reason(StrEnum):
    """Why somebody looks at rows, or takes them away, where an agreement asks."""

    PATROL = "patrol-tasking"
    PROBLEM_SOLVING = "problem-solving"
    CASE_REVIEW = "case-review"
    SAFEGUARDING = "safeguarding"
    STATUTORY = "statutory-duty"
    DATA_QUALITY = "data-quality"
    SUBJECT_REQUEST = "subject-request"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed about one source.

    Attributes
    ----------
    source
        The source's slug, as `aim ingest` names it.
    owner
        The slug of the agency whose rows they are.
    reference
        The agreement's own number or title.
    purpose
        What the rows may be used for.
    regime
        The law the sharing stands on.
    roles
        Who may see the rows at all.
    columns
        Which of the columns that can be kept back are shown; of `description`, `location_text`
        and `uprn`.
    onward_sharing
        Whether agencies other than the owner and the hub may take the rows away in files.
    reason_needed
        Whether looking at rows one by one, and taking them away, needs a reason.
    retention_days
        How long after the incident a row is kept; None for no limit.
    begins, review, expires
        The first day it holds; the day it is to be looked at again; the last day it holds, None
        for no end.
    """

    source: str
    owner: str
    reference: str
    purpose: str
    regime: Regime
    roles: frozenset[Role]
    begins: date
    review: date
    expires: date | None = None
    columns: frozenset[str] = frozenset()
    onward_sharing: bool = False
    reason_needed: bool = False
    retention_days: int | None = None

    def holds(self, today: date) -> bool:
        """Tell whether the agreement holds on a day; its last day is one."""
        return self.begins <= today and (self.expires is None or today <= self.expires)

    def warnings(self, today: date) -> tuple[str, ...]:
        """Say what is to be done about the agreement, if anything."""
        name = f"The agreement for {self.source} ({self.reference})"
        if today < self.begins:
            return (f"{name} begins on {self.begins}: until then no rows are taken in or shown.",)
        if self.expires is not None and today > self.expires:
            stopped = f"{name} ended on {self.expires}: no new rows are taken in"
            return (f"{stopped}. Agree anew and set it, or remove the rows.",)
        said = []
        if self.expires is not None and today > self.expires - timedelta(days=NOTICE_DAYS):
            said.append(f"{name} ends on {self.expires}: agree anew before then.")
        if today >= self.review:
            said.append(f"{name} was to be reviewed on {self.review}.")
        elif today > self.review - timedelta(days=NOTICE_DAYS):
            said.append(f"{name} is to be reviewed by {self.review}.")
        return tuple(said)

    def as_plain(self) -> dict[str, Any]:
        """Return the fields as plain values, as a file holds them."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        for name in ("roles", "columns"):
            plain[name] = sorted(map(str, plain[name]))
        for name in ("begins", "review", "expires"):
            plain[name] = None if plain[name] is None else plain[name].isoformat()
        return {**plain, "regime": self.regime.name.lower()}


@dataclass(frozen=True, slots=True)
class SavedAgreement:
    """One version of an agreement, with who set it and when."""

    agreement: Agreement
    version: int
    actor: str
    set_at: datetime


def read_agreement(plain: Mapping[str, Any]) -> Agreement:
    """Read an agreement from plain values, naming every fault at once.

    Parameters
    ----------
    plain
        As ``Agreement.as_plain`` has it, and as a TOML file holds it.

    Raises
    ------
    ParameterError
        A field is missing, unknown or cannot be used.

    Examples
    --------
    >>> given = {"source": "wardens", "owner": "norbeck-council", "reference": "ISA-7",
    ...     "purpose": "Anti-social behaviour", "regime": "uk_gdpr", "roles": ["analyst"],
    ...     "begins": "2026-04-01", "review": "2027-04-01"}
    >>> read_agreement(given).holds(date(2026, 3, 31))
    False
    """
    known = {one.name for one in fields(Agreement)}
    faults = [f"{name} is not known" for name in sorted(set(plain) - known)]
    given: dict[str, Any] = {}
    for name, read in _READERS.items():
        if plain.get(name) is None and name not in _NEEDED:
            continue
        try:
            given[name] = read(plain[name])
        except KeyError:
            faults.append(f"{name} is missing")
        except (ValueError, TypeError) as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise ParameterError(
            f"An agreement cannot be used: {'; '.join(faults)}. Its fields are"
            f" {', '.join(one.name for one in fields(Agreement))}."
        )
    return Agreement(**given)


def _text(value: object) -> str:
    text = " ".join(str(value).split())
    if not 0 < len(text) <= LONGEST_TEXT:
        raise ValueError(f"a text of 1 to {LONGEST_TEXT} characters is needed")
    return text


def _slug(value: object) -> str:
    text = _text(value)
    if not text.replace("-", "").replace("_", "").isalnum() or text != text.lower():
        raise ValueError(f"a slug such as norbeck-council is needed, found {text!r}")
    return text


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return date.fromisoformat(str(value))


def _regime(value: object) -> Regime:
    known = {one.name.lower(): one for one in Regime}
    if str(value) not in known:
        raise ValueError(f"one of {', '.join(known)} is needed, found {value!r}")
    return known[str(value)]


def _listed(value: object) -> list[str]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"a list is needed, found {value!r}")
    return [str(one) for one in value]


def _roles(value: object) -> frozenset[Role]:
    found = frozenset(Role(one) for one in _listed(value))
    if not found:
        raise ValueError(f"name at least one of {', '.join(Role)}")
    return found


def _columns(value: object) -> frozenset[str]:
    found = frozenset(_listed(value))
    if not found <= set(WITHHOLDABLE):
        raise ValueError(f"only {', '.join(WITHHOLDABLE)} can be named, found {sorted(found)}")
    return found


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false is needed, found {value!r}")
    return value


def _days(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"a whole number of days from 1 is needed, found {value!r}")
    return value


_READERS = {
    "source": _slug,
    "owner": _slug,
    "reference": _text,
    "purpose": _text,
    "regime": _regime,
    "roles": _roles,
    "begins": _day,
    "review": _day,
    "expires": _day,
    "columns": _columns,
    "onward_sharing": _flag,
    "reason_needed": _flag,
    "retention_days": _days,
}
_NEEDED = frozenset(
    {"source", "owner", "reference", "purpose", "regime", "roles", "begins", "review"}
)


def current_agreements(saved: Iterable[SavedAgreement]) -> dict[str, Agreement]:
    """Return the newest version of each source's agreement.

    Examples
    --------
    >>> current_agreements([])
    {}
    """
    newest: dict[str, SavedAgreement] = {}
    for one in saved:
        held = newest.get(one.agreement.source)
        if held is None or one.version > held.version:
            newest[one.agreement.source] = one
    return {source: one.agreement for source, one in newest.items()}
