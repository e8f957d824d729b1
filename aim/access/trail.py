"""What goes into the record: ids, hashes, counts and our own words, never free text."""

import re
from collections.abc import Mapping

from aim.errors import ParameterError
from aim.model.audit import AuditEntry, Detail
from aim.model.people import Action, Actor

# Codes, slugs, hashes, dates, numbers and filter words; no sentence fits.
_PLAIN = re.compile(r"[\w.,:;=&%+/@-]{0,500}")
# An entry stays small, whatever is asked: beyond so many, the first and the number are kept.
MOST_VALUES = 50


def audit_entry(actor: Actor, action: Action, **detail: object) -> AuditEntry:
    """Build the entry for one act.

    Parameters
    ----------
    actor, action
        Who did what.
    **detail
        Ids, hashes, counts; None is left out.

    Raises
    ------
    ParameterError
        A value looks like free text.

    Examples
    --------
    >>> audit_entry(Actor("local-analyst", "hub"), Action.UNDO, batch="b7").detail
    {'batch': 'b7'}
    """
    return _entry(actor.id, action.name.lower().replace("_", "-"), detail)


def sign_in_entry(who: str, event: str, **detail: object) -> AuditEntry:
    """Build the entry for something at the door, before the policy knows anybody.

    Parameters
    ----------
    who
        The account's id; `nobody` where none is known: what a stranger typed may be a password.
    event
        Such as ``sign-in`` or ``sign-in-refused``.
    **detail
        Ids, marks, counts; None is left out.

    Raises
    ------
    ParameterError
        A value looks like free text.

    Examples
    --------
    >>> sign_in_entry("nobody", "sign-in-refused", reason="unknown").action
    'sign-in-refused'
    """
    return _entry(who, event, detail)


def _entry(who: str, what: str, detail: Mapping[str, object]) -> AuditEntry:
    kept: dict[str, str | int | float | bool | tuple[str, ...] | None] = {}
    for name, value in detail.items():
        if value is None:
            continue
        if isinstance(value, (bool, int, float)):
            kept[name] = value
            continue
        texts = tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)
        if not all(_PLAIN.fullmatch(text) for text in texts):
            raise ParameterError(f"The audit entry's `{name}` looks like free text; give an id.")
        if len(texts) > MOST_VALUES:
            kept[f"{name}_count"], texts = len(texts), texts[:MOST_VALUES]
        kept[name] = texts if isinstance(value, (list, tuple)) else texts[0]
    typed: Detail = kept
    return AuditEntry(actor=who, action=what, detail=typed)
