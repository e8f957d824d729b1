"""Sharing agreements: set, read, and applied to whoever acts."""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from aim.access import (
    audit_entry,
    is_allowed,
    not_to_be_taken_away,
    require,
    require_agreements,
    require_reason,
    withheld_from,
)
from aim.errors import NotFoundError, ParameterError
from aim.model.agreements import SavedAgreement, current_agreements, read_agreement
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.times import LONDON
from aim.store import Store

# Published for anybody: no agreement is needed.
OPEN_FEEDS = frozenset({"police-uk"})


def london_day() -> date:
    """Return the day it is in London."""
    return datetime.now(UTC).astimezone(LONDON).date()


def set_agreement(store: Store, actor: Actor, path: Path) -> SavedAgreement:
    """Keep the agreement of a TOML file as the newest version of its source.

    Raises
    ------
    ParameterError
        The file cannot be read, or a field is missing, unknown or out of range.
    """
    require(actor, Action.MANAGE_AGREEMENTS)
    given = read_agreement(_read_toml(path))
    with store.transaction() as change:
        saved = change.set_agreement(given, actor=actor.id)
        change.record(
            audit_entry(
                actor,
                Action.MANAGE_AGREEMENTS,
                source=given.source,
                version=saved.version,
                regime=given.regime.name.lower(),
                roles=sorted(role.name.lower() for role in given.roles),
                columns=sorted(given.columns),
                onward_sharing=given.onward_sharing,
                reason_needed=given.reason_needed,
                retention_days=given.retention_days,
                expires=given.expires and given.expires.isoformat(),
            )
        )
    return saved


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ParameterError(
            f"The agreement in {path} was to be read; found: {error}. Write it as TOML, a line for"
            " each field: docs/reference.md shows one."
        ) from error


def agreement_list(store: Store, actor: Actor) -> list[SavedAgreement]:
    """Return the newest agreement of each source, by source."""
    _require_sight(actor)
    newest = {one.agreement.source: one for one in store.agreements(EVERYTHING)}
    return list(newest.values())


def agreement_versions(store: Store, actor: Actor, source: str) -> list[SavedAgreement]:
    """Return every version of a source's agreement, oldest first.

    Raises
    ------
    NotFoundError
        No agreement is kept for that source.
    """
    _require_sight(actor)
    kept = store.agreements(EVERYTHING)
    found = [one for one in kept if one.agreement.source == source]
    if not found:
        known = ", ".join(sorted({one.agreement.source for one in kept})) or "none at all"
        raise NotFoundError(
            f"The agreement for {source!r} was asked for; agreements are kept for: {known}."
        )
    return found


def _require_sight(actor: Actor) -> None:
    if not is_allowed(actor, Action.READ_AUDIT):
        require(actor, Action.MANAGE_AGREEMENTS)


# --- applied -------------------------------------------------------------------------------------


def with_agreements(store: Store, actor: Actor, today: date | None = None) -> Actor:
    """Return the actor with what the agreements keep back from them today.

    Every door calls this once for whoever comes in, before anything is read.
    """
    agreements = current_agreements(store.agreements(EVERYTHING)).values()
    kept_back = withheld_from(actor.roles, agreements, today or london_day())
    return replace(actor, withheld=actor.withheld | kept_back) if kept_back else actor


def for_taking_away(store: Store, actor: Actor) -> tuple[Actor, tuple[str, ...]]:
    """Return the actor as far as a file may go, and sentences on what that leaves out."""
    agreements = current_agreements(store.agreements(EVERYTHING)).values()
    kept_back = not_to_be_taken_away(actor, agreements) - actor.withheld
    if not kept_back:
        return actor, ()
    sources = ", ".join(sorted(source for source, _ in kept_back))
    return (
        replace(actor, withheld=actor.withheld | kept_back),
        (f"Left out: rows of {sources}, whose agreement does not allow them to be handed on.",),
    )


def check_sources(
    store: Store, sources: Iterable[str], *, today: date | None = None, required: bool = False
) -> None:
    """Let rows of some sources be taken in, or say which agreement forbids it.

    Raises
    ------
    AgreementError
        An agreement ended, has not begun, or is missing where one is required.
    """
    kept = current_agreements(store.agreements(EVERYTHING))
    require_agreements(sources, kept, today or london_day(), required=required)


def checked_reason(store: Store, actor: Actor, sources: Iterable[str], reason: str) -> str:
    """Return the reason given; ask for one where an agreement of the sources does.

    Raises
    ------
    ReasonNeededError
        An agreement asks for a reason and none was given.
    ParameterError
        The reason is none of the list.
    """
    kept = current_agreements(store.agreements(EVERYTHING))
    return require_reason(actor, sources, kept, reason)


def agreement_warnings(store: Store, today: date | None = None) -> tuple[str, ...]:
    """Say which agreements ended, end soon, or are to be reviewed."""
    day = today or london_day()
    kept = current_agreements(store.agreements(EVERYTHING))
    return tuple(line for one in kept.values() for line in one.warnings(day))


def agreement_check(store: Store, today: date | None = None) -> tuple[str, bool, str]:
    """Check the agreements for ``aim doctor``: those that ended fail, the rest is told."""
    day = today or london_day()
    kept = current_agreements(store.agreements(EVERYTHING))
    without = sorted(
        {
            one.source
            for one in store.coverage(EVERYTHING)
            if one.feed not in OPEN_FEEDS and one.source not in kept
        }
    )
    said = list(agreement_warnings(store, day))
    if without:
        said.append(f"None is kept for {', '.join(without)}: aim agreements set FILE.toml.")
    sound = all(one.holds(day) for one in kept.values())
    return ("agreements", sound, " ".join(said) or f"{len(kept)} kept, none needs attention")


def say_agreement(saved: SavedAgreement) -> str:
    """Return one version of an agreement in lines, for a terminal."""
    plain = saved.agreement.as_plain() | {"regime": str(saved.agreement.regime)}
    head = f"Version {saved.version}, set by {saved.actor} on {saved.set_at:%Y-%m-%d %H:%M} UTC"
    return "\n".join([head, *(f"  {name}: {_say(value)}" for name, value in plain.items())])


def _say(value: object) -> str:
    if value is None:
        return "no limit"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def say_agreement_line(saved: SavedAgreement, today: date | None = None) -> str:
    """Return an agreement in one line, for a list."""
    one = saved.agreement
    state = " ".join(one.warnings(today or london_day())) or "holds"
    ends = f"to {one.expires}" if one.expires else "no end"
    return f"{one.source}  {one.owner}  {one.reference}  from {one.begins}, {ends}  {state}"
