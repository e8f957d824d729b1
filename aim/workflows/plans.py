"""What people type about places, groups and actions: read from plain words, masked, said again."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from aim.errors import ParameterError
from aim.feeds import mask_text
from aim.model.actions import ActionPlan, Site
from aim.model.people import Actor
from aim.model.tasks import What
from aim.model.times import read_day, say_day
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.tasking import find_response, name_of_response, say_months
from aim.workflows.words import say_number

LONGEST_TEXT, LONGEST_LINE = 4_000, 200

# Field by field: the word of forms and commands, and what pages call it.
PLAN_WORDS = {
    "title": "What is to be done",
    "details": "More about it",
    "response": "Kind of response",
    "plausibility": "Why it should work",
    "site": "Place",
    "partners": "With whom",
    "types": "Reports counted",
    "months": "Counted over",
    "target": "Target",
    "owner": "Who answers for it",
    "agency": "Agency",
    "resource": "What it takes",
    "cost": "Cost",
    "funding": "What pays for it",
    "priority": "Priority",
    "group": "Group",
    "start": "Starts",
    "due": "Due",
    "review": "Reviewed on",
    "case_reference": "Case system reference",
    "readers": "Who may know of it",
}
_LONG = frozenset({"details", "told", "purpose", "plausibility"})


def clean(text: str, name: str) -> str:
    """Return a text with contact details masked and its spaces tidied.

    Raises
    ------
    ParameterError
        It is longer than its box.
    """
    masked, _ = mask_text(text.replace("\r\n", "\n").strip())
    longest = LONGEST_TEXT if name in _LONG else LONGEST_LINE
    if len(masked) > longest:
        raise ParameterError(
            f"`{name}` has {len(masked):,} characters; it holds {longest:,} at most. Shorten it."
        )
    return masked if name in _LONG else " ".join(masked.split())


def read_list(text: str) -> tuple[str, ...]:
    """Read words with commas between, each once.

    Examples
    --------
    >>> read_list("wardens, fire,, wardens")
    ('wardens', 'fire')
    """
    return tuple(dict.fromkeys(" ".join(one.split()) for one in text.split(",") if one.strip()))


def read_number(text: str, name: str) -> int | None:
    """Read a whole number from 0; nothing where nothing is written.

    Raises
    ------
    ParameterError
        It is none.

    Examples
    --------
    >>> read_number("1,200", "cost"), read_number("", "cost")
    (1200, None)
    """
    plain = text.strip().replace(",", "").removeprefix("£")
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:  # noqa: PLR2004 - a billion is no count of reports and no cost here
        raise ParameterError(f"`{name}` is a whole number from 0, found {text!r}.")
    return int(plain)


def read_optional_day(text: str, name: str) -> date | None:
    """Read a day; nothing where nothing is written.

    Examples
    --------
    >>> read_optional_day(" ", "due") is None
    True
    """
    return read_day(text.strip(), name) if text.strip() else None


def _text(name: str) -> Callable[[str], str]:
    return lambda text: clean(text, name)


def _types(text: str) -> tuple[str, ...]:
    taxonomy = read_taxonomy()
    return tuple(taxonomy.resolve(one) for one in read_list(text))


# How each field of a plan is read; the place is settled by the caller.
_READS: dict[str, Callable[[str], Any]] = {
    **{name: _text(name) for name in ("title", "details", "agency", "resource", "priority")},
    **{name: _text(name) for name in ("plausibility", "funding")},
    "response": find_response,
    **dict.fromkeys(("owner", "group", "case_reference"), str.strip),
    "partners": lambda text: tuple(clean(one, "partners") for one in read_list(text)),
    "types": _types,
    "months": lambda text: read_number(text, "months"),
    "target": lambda text: read_number(text, "target"),
    "cost": lambda text: read_number(text, "cost"),
    "start": lambda text: read_optional_day(text, "start"),
    "due": lambda text: read_optional_day(text, "due"),
    "review": lambda text: read_optional_day(text, "review"),
    "readers": lambda text: frozenset(read_list(text)),
}


def read_plan(
    store: Store, actor: Actor, words: Mapping[str, str], *, over: ActionPlan, site: Site | None
) -> ActionPlan:
    """Read what somebody wrote into a plan.

    Parameters
    ----------
    words
        By the names of ``PLAN_WORDS``; what is absent stays as it was, what is empty is taken out.
    over
        The plan as it was.
    site
        The place the words name, settled before.

    Raises
    ------
    ParameterError
        A word cannot be read, or names an account that is not there.
    """
    read = {name: reads(words[name]) for name, reads in _READS.items() if name in words}
    read["months"] = read.get("months") or over.months
    plan = replace(over, **read, site=site)
    check_accounts(store, {plan.owner, *plan.readers} - {"", actor.id})
    return _restricted_with(plan, actor)


def check_accounts(store: Store, named: Collection[str]) -> None:
    """Refuse accounts that are not there, where the hub has accounts at all.

    Raises
    ------
    ParameterError
        One is unknown or disabled.
    """
    if not named or not store.has_accounts():
        return
    unknown = sorted(set(named) - {one.id for one in store.accounts() if one.is_active})
    if unknown:
        raise ParameterError(
            f"No active account is called {', '.join(unknown)}; name people by their accounts, or"
            " ask the hub's administrator to add one."
        )


def _restricted_with(plan: ActionPlan, actor: Actor) -> ActionPlan:
    """Let who wrote a restricted plan and who answers for it know of it; so its place asks."""
    named = plan.readers or (plan.site.readers if plan.site else frozenset())
    if not named:
        return plan
    return replace(plan, readers=named | {actor.id, *([plan.owner] if plan.owner else [])})


def say_plan(plan: ActionPlan, groups: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the name people read of each field, and what it says; what is empty is left out.

    Parameters
    ----------
    groups
        Names of groups by number.
    """
    said = {name: say_field(plan, name, groups) for name in PLAN_WORDS}
    return tuple((PLAN_WORDS[name], text) for name, text in said.items() if text)


def say_field(plan: ActionPlan, name: str, groups: Mapping[str, str]) -> str:
    """Write one field of a plan as people read it.

    Examples
    --------
    >>> say_field(ActionPlan("Mend", cost=1200), "cost", {})
    '£1,200'
    """
    value = getattr(plan, name)
    if value is None:
        return ""
    if name == "group":
        return groups.get(value, "")
    return _SAYS[name](value) if name in _SAYS else say_value(value)


_SAYS: dict[str, Callable[[Any], str]] = {
    "types": lambda slugs: ", ".join(read_taxonomy().name(slug) for slug in slugs),
    "cost": lambda pounds: f"£{pounds:,}",
    "target": lambda aim: f"{say_number(aim, 'report', 'reports')} or fewer",
    "months": say_months,
    "response": name_of_response,
}


def say_value(value: object) -> str:
    """Write a value of a record: days, lists and places as people read them.

    Examples
    --------
    >>> say_value((date(2026, 5, 4), date(2026, 6, 1)))
    '4 May 2026, 1 June 2026'
    """
    if isinstance(value, Site):
        return value.name
    if isinstance(value, date):
        return say_day(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(say_value, value)))
    if isinstance(value, tuple):
        return ", ".join(map(say_value, value))
    return "" if value is None else str(value)


def changes_between(old: What, new: What) -> tuple[tuple[str, str, str], ...]:
    """Return the fields in which two records differ, what each was and what it became."""
    return tuple(
        (one.name, say_value(getattr(old, one.name)), say_value(getattr(new, one.name)))
        for one in fields(old)  # type: ignore[arg-type]  # every record is a dataclass
        if getattr(old, one.name) != getattr(new, one.name)
    )
