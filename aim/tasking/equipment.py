"""Rules of equipment: kinds and moves are ``office.toml``, which a partnership may keep itself."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from aim.errors import ActionStateError, ConfigError, ParameterError
from aim.model.equipment import Deployment, Unit, UnitState
from aim.model.tasks import word_of
from aim.model.times import say_day

# States of which it must be said why.
NEEDS_REASON = frozenset({UnitState.IN_REPAIR, UnitState.LOST})
MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of equipment.

    Attributes
    ----------
    slug, name
        The word of files and commands, and what people call it.
    authorised
        Whether a deployment needs a reference of who allowed it, and a review date.
    """

    slug: str
    name: str
    authorised: bool = False


@dataclass(frozen=True, slots=True)
class OfficeTable:
    """What a partnership's table says.

    Attributes
    ----------
    kinds, powers
        By slug, in the order of the file; of powers their names.
    moves
        By state, the states that may follow and the roles that may say so.
    idle_days
        Days after which a unit that stands ready is called idle.
    open_action, busy_hours
        By what share a place weighs more for an open action, and for busy hours that stand out.
    """

    kinds: Mapping[str, Kind]
    powers: Mapping[str, str]
    moves: Mapping[UnitState, Mapping[UnitState, frozenset[str]]]
    idle_days: int
    open_action: float
    busy_hours: float


@lru_cache(maxsize=4)
def read_office_table(path: Path | None = None) -> OfficeTable:
    """Read the table of kinds, moves and powers.

    Parameters
    ----------
    path
        A partnership's own file; the shipped one if missing.

    Raises
    ------
    ConfigError
        The file is missing, is no TOML or lacks a part.

    Examples
    --------
    >>> [kind.name for kind in read_office_table().kinds.values()]
    ['Camera', 'Camera with light', 'Sign', 'Alarm']
    """
    shipped = resources.files("aim.tasking").joinpath("office.toml")
    name = str(path or "office.toml")
    try:
        text = (path or shipped).read_text(encoding="utf-8")
        return _table_of(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"The table of equipment {name} was to be read; {error}. Mend it, or unset"
            " AIM_OFFICE_TABLE to use the one that comes with AIM."
        ) from error
    except (KeyError, TypeError, AttributeError, ParameterError) as error:
        raise ConfigError(
            f"The table of equipment {name} was to be read; it lacks or misnames {error}. Compare"
            " it with the one that comes with AIM, aim/tasking/office.toml."
        ) from error


def _table_of(said: Mapping[str, Any]) -> OfficeTable:
    return OfficeTable(
        kinds={
            slug: Kind(slug, str(one["name"]), bool(one["authorised"]))
            for slug, one in said["kinds"].items()
        },
        powers={slug: str(name) for slug, name in said["powers"].items()},
        moves={
            state: {
                word_of(UnitState, to, "state"): frozenset(who)
                for to, who in said["moves"][str(state)].items()
            }
            for state in UnitState
        },
        idle_days=int(said["idle"]["days"]),
        open_action=float(said["weights"]["open_action"]),
        busy_hours=float(said["weights"]["busy_hours"]),
    )


def find_kind(table: OfficeTable, word: str) -> Kind:
    """Return the kind of a slug or name.

    Parameters
    ----------
    table
        As ``read_office_table`` gives it.
    word
        What somebody called it.

    Raises
    ------
    ParameterError
        The table has none; the text lists what it has.

    Examples
    --------
    >>> find_kind(read_office_table(), "Camera with light").slug
    'camera-light'
    """
    asked = word.strip().casefold()
    for kind in table.kinds.values():
        if asked in {kind.slug.casefold(), kind.name.casefold()}:
            return kind
    raise ParameterError(
        f"There is no equipment of the kind {word!r}; the table has {', '.join(table.kinds)}."
    )


def read_powers(table: OfficeTable, text: str) -> tuple[tuple[str, int], ...]:
    """Read powers as people write them: words with commas, a number behind for several times.

    Parameters
    ----------
    table
        As ``read_office_table`` gives it.
    text
        What somebody wrote, such as ``dispersal 2, cpw``.

    Raises
    ------
    ParameterError
        A word is not in the table, or a number is none.

    Examples
    --------
    >>> read_powers(read_office_table(), "dispersal 2, cpw, dispersal")
    (('dispersal', 3), ('cpw', 1))
    """
    used: dict[str, int] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        word, _, number = part.partition(" ")
        slug = word.casefold()
        if slug not in table.powers:
            raise ParameterError(
                f"There is no power {word!r}; the table has {', '.join(table.powers)}."
            )
        if number.strip() and not (number.strip().isascii() and number.strip().isdigit()):
            raise ParameterError(f"How often {slug} was used is a whole number, found {number!r}.")
        used[slug] = used.get(slug, 0) + int(number.strip() or 1)
    return tuple(used.items())


def unit_moves(table: OfficeTable, state: UnitState, who: Collection[str]) -> tuple[UnitState, ...]:
    """Return the states somebody with some roles may move a unit to.

    Parameters
    ----------
    table
        As ``read_office_table`` gives it.
    state
        Where it is.
    who
        Roles.

    Examples
    --------
    >>> unit_moves(read_office_table(), UnitState.LOST, {"coordinator"})
    (<UnitState.AVAILABLE: 'available'>,)
    """
    return tuple(to for to, allowed in table.moves[state].items() if allowed & set(who))


def check_unit_move(
    table: OfficeTable, unit: Unit, to: UnitState, who: Collection[str], *, words: str = ""
) -> None:
    """Refuse a move of a unit that the table does not have, or that lacks its words.

    Parameters
    ----------
    table
        As ``read_office_table`` gives it.
    unit, to
        Which unit, to where.
    who
        Roles of who moves it.
    words
        Why it is in repair or lost.

    Raises
    ------
    ActionStateError
        The move is not in the table, not for this person, or says too little.

    Examples
    --------
    >>> unit = Unit("camera", "C-4")
    >>> check_unit_move(read_office_table(), unit, UnitState.LOST, {"analyst"}, words="Stolen")
    """
    asked = f"{unit.identity} was to go from {unit.state} to {to}"
    moves = table.moves[unit.state]
    if to not in moves:
        after = " or ".join(moves) or "nothing more"
        raise ActionStateError(f"{asked}; after {unit.state} comes {after}.")
    if not moves[to] & set(who):
        raise ActionStateError(f"{asked}; that is for {' or '.join(sorted(moves[to]))}. Ask them.")
    if to in NEEDS_REASON and not words.strip():
        raise ActionStateError(f"{asked}; say what happened to it.")


def check_deployment(kind: Kind, deployment: Deployment) -> None:
    """Refuse a deployment that lacks what its kind needs; every gap at once.

    Parameters
    ----------
    kind, deployment
        What is set up, and where.

    Raises
    ------
    ParameterError
        It lacks its first day, its protocol, or of a kind that needs them its authorisation
        reference and review date.

    Examples
    --------
    >>> from aim.model.actions import Site
    >>> sign = Deployment("u1", "sign", "S-1", Site("Quay", "found"), "PSPO", date(2026, 5, 1))
    >>> check_deployment(Kind("sign", "Sign"), sign)
    """
    needed = {"since": "the day it is set up", "protocol": "its protocol: what for, by which rule"}
    if kind.authorised:
        needed |= {
            "authorisation": "the reference of its authorisation",
            "review": "the day it is reviewed",
        }
    missing = [said for name, said in needed.items() if not getattr(deployment, name)]
    if missing:
        raise ParameterError(
            f"{kind.name} {deployment.identity} was to be deployed; say {', and '.join(missing)}."
        )


def is_idle(table: OfficeTable, unit: Unit, *, today: date) -> bool:
    """Tell whether a unit has stood ready for too long.

    Parameters
    ----------
    table
        As ``read_office_table`` gives it.
    unit
        The unit.
    today
        London day.

    Examples
    --------
    >>> unit = Unit("camera", "C-4", since=date(2026, 4, 1))
    >>> is_idle(read_office_table(), unit, today=date(2026, 4, 30))
    True
    """
    if unit.state is not UnitState.AVAILABLE or unit.since is None:
        return False
    return today - unit.since > timedelta(days=table.idle_days)


def find_overdue(unit: Unit, deployment: Deployment | None, *, today: date) -> tuple[str, ...]:
    """Say what of a unit is past its day; nothing where nothing is.

    Parameters
    ----------
    unit
        The unit.
    deployment
        The one it stands in, if any.
    today
        London day.

    Examples
    --------
    >>> find_overdue(Unit("sign", "S-1", maintenance_due=date(2026, 5, 1)), None,
    ...              today=date(2026, 5, 2))
    ('to be looked after since 1 May 2026',)
    """
    days = [("to be looked after since", unit.maintenance_due)]
    if unit.state is UnitState.LOST:
        days = []
    if deployment is not None and deployment.is_open:
        days += [
            ("to be reviewed since", deployment.review),
            ("to be taken down since", deployment.until),
        ]
    return tuple(f"{words} {say_day(day)}" for words, day in days if day and day < today)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a unit might go to.

    Attributes
    ----------
    word, name
        How forms name it, and what people call it.
    incidents
        Reports there, in the newest saved list.
    busy
        Hours that stand out, in words; empty where none do.
    actions
        Titles of open actions there.
    units
        Kinds of the units that stand there.
    """

    word: str
    name: str
    incidents: int
    busy: str = ""
    actions: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place where the next free unit of a kind would matter, and why."""

    word: str
    name: str
    reasons: tuple[str, ...]


def suggest_places(
    table: OfficeTable, kind: Kind, candidates: Iterable[Candidate]
) -> tuple[Suggestion, ...]:
    """Say where the next free unit of a kind would matter most.

    Parameters
    ----------
    table
        Its weights are used.
    kind
        What is free; a place that has one of the kind is passed over.
    candidates
        Places, in any order.

    Returns
    -------
    tuple of Suggestion
        Up to three, the foremost first: most reports, more by a quarter for an open action there
        and for hours that stand out; of equals the first by name.

    Examples
    --------
    >>> table = read_office_table()
    >>> places = [Candidate("a", "Quay", 40), Candidate("b", "Mill", 36, actions=("Walks",))]
    >>> [one.name for one in suggest_places(table, table.kinds["sign"], places)]
    ['Mill', 'Quay']
    """
    open_to = [one for one in candidates if kind.slug not in one.units and one.incidents]
    ranked = sorted(open_to, key=lambda one: (-_weight(table, one), one.name, one.word))
    return tuple(
        Suggestion(one.word, one.name, tuple(_reasons(kind, one)))
        for one in ranked[:MOST_SUGGESTED]
    )


def _weight(table: OfficeTable, place: Candidate) -> float:
    more = table.open_action * bool(place.actions) + table.busy_hours * bool(place.busy)
    return place.incidents * (1 + more)


def _reasons(kind: Kind, place: Candidate) -> Sequence[str]:
    reports = "1 report" if place.incidents == 1 else f"{place.incidents:,} reports"
    said = [f"{reports} in the newest saved list", f"no {kind.name.casefold()} there"]
    said += [f"open action: {title}" for title in place.actions]
    return [*said, place.busy] if place.busy else said
