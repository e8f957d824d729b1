"""How long rows are kept: the day before which each source's rows have to go."""

from collections.abc import Iterable
from datetime import date, timedelta

from aim.model.agreements import Agreement


def keeps_from(agreements: Iterable[Agreement], today: date) -> dict[str, date]:
    """Return by source the first London day whose rows are still kept.

    Parameters
    ----------
    agreements
        The newest of each source; one without a limit is left out.
    today
        The London day.

    Returns
    -------
    dict
        A row goes when its last day lies before; empty where nothing is limited.

    Examples
    --------
    >>> from aim.model.agreements import Regime
    >>> day = date(2026, 4, 1)
    >>> agreed = Agreement("wardens", "council", "ISA-7", "ASB", Regime.UK_GDPR, frozenset(),
    ...     day, day, retention_days=30)
    >>> keeps_from([agreed], date(2026, 5, 1))
    {'wardens': datetime.date(2026, 4, 1)}
    """
    return {
        one.source: today - timedelta(days=one.retention_days)
        for one in agreements
        if one.retention_days is not None
    }
