"""What sharing agreements allow: loads, rows and columns by role, files that leave, reasons."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from aim.errors import AgreementError, ParameterError, ReasonNeededError
from aim.model.agreements import WHOLE_ROW, WITHHOLDABLE, Agreement, Reason
from aim.model.people import Actor, Role

# The hub works for all agencies: what it takes away is no onward sharing.
HUB_AGENCY = "hub"
Withheld = frozenset[tuple[str, str]]


def withheld_from(
    roles: Collection[Role], agreements: Iterable[Agreement], today: date
) -> Withheld:
    """Return what agreements keep from somebody with these roles, as ``Reach.withheld`` has it.

    Whole rows of a source whose agreement names none of the roles, or does not hold yet; of the
    others the columns that the agreement does not name. An agreement that ended keeps back no more
    than before: its rows are removed by retention, not by hiding them.

    Parameters
    ----------
    roles
        The person's roles.
    agreements
        The newest of each source; a source without one keeps nothing back.
    today
        The London day.

    Returns
    -------
    frozenset
        Pairs of source and column; the column `*` is the whole row.

    Examples
    --------
    >>> from aim.model.agreements import Regime
    >>> day = date(2026, 4, 1)
    >>> agreed = Agreement("wardens", "council", "ISA-7", "ASB", Regime.UK_GDPR,
    ...     frozenset({Role.ANALYST}), day, day, columns=frozenset({"uprn", "location_text"}))
    >>> sorted(withheld_from({Role.ANALYST}, [agreed], day))
    [('wardens', 'description')]
    >>> sorted(withheld_from({Role.OFFICER}, [agreed], day))
    [('wardens', '*')]
    """
    pairs: set[tuple[str, str]] = set()
    for one in agreements:
        if today < one.begins or not one.roles & set(roles):
            pairs.add((one.source, WHOLE_ROW))
        else:
            pairs |= {(one.source, name) for name in WITHHOLDABLE if name not in one.columns}
    return frozenset(pairs)


def not_to_be_taken_away(actor: Actor, agreements: Iterable[Agreement]) -> Withheld:
    """Return the sources whose rows an actor may see but not take away in a file.

    Parameters
    ----------
    actor
        Who asks; the owner's own people and the hub's may take rows away.
    agreements
        The newest of each source.

    Examples
    --------
    >>> not_to_be_taken_away(Actor("w7", "wardens"), [])
    frozenset()
    """
    return frozenset(
        (one.source, WHOLE_ROW)
        for one in agreements
        if not one.onward_sharing and actor.agency not in {one.owner, HUB_AGENCY}
    )


def require_agreements(
    sources: Iterable[str], agreements: Mapping[str, Agreement], today: date, *, required: bool
) -> None:
    """Let rows of some sources be taken in, or say why not.

    Parameters
    ----------
    sources
        The sources of a delivery.
    agreements
        The newest of each source.
    today
        The London day.
    required
        Whether a source without an agreement is refused; data under an open licence have one of
        that regime then.

    Raises
    ------
    AgreementError
        An agreement ended, has not begun, or is missing where one is required.

    Examples
    --------
    >>> require_agreements(["wardens"], {}, date(2026, 4, 1), required=False)
    """
    for source in sorted(set(sources)):
        agreement = agreements.get(source)
        if agreement is None and required:
            raise AgreementError(
                f"Rows of {source} were to be taken in; no sharing agreement is kept for it, and"
                " AIM_REQUIRE_AGREEMENTS asks for one. Set it: aim agreements set FILE.toml."
            )
        if agreement is not None and not agreement.holds(today):
            raise AgreementError(
                f"Rows of {source} were to be taken in. {agreement.warnings(today)[0]}"
                " The file is as it was: aim agreements set FILE.toml, then load it again."
            )


def require_reason(
    actor: Actor, sources: Iterable[str], agreements: Mapping[str, Agreement], reason: str
) -> str:
    """Return the reason given, checked; ask for one where an agreement does.

    Parameters
    ----------
    actor
        Who asks; named in the refusal.
    sources
        The sources whose rows are looked at one by one, or taken away.
    agreements
        The newest of each source.
    reason
        A word of ``Reason``, empty where none was given.

    Returns
    -------
    str
        The reason, for the record; empty where none was given and none is needed.

    Raises
    ------
    ReasonNeededError
        An agreement asks for a reason and none was given.
    ParameterError
        The reason is none of the list.

    Examples
    --------
    >>> require_reason(Actor("w7", "wardens"), ["wardens"], {}, "patrol-tasking")
    'patrol-tasking'
    """
    if reason and reason not in set(Reason):
        raise ParameterError(f"A reason is one of {', '.join(Reason)}; found {reason!r}.")
    asking = sorted(
        source
        for source in set(sources)
        if source in agreements and agreements[source].reason_needed
    )
    if asking and not reason:
        raise ReasonNeededError(
            f"{actor.id} asked for rows of {', '.join(asking)}, whose agreement asks for a reason."
            f" Give one of {', '.join(Reason)}: reason=… in an address, --reason on a command."
        )
    return reason
