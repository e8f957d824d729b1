"""Moments and days as the numbers the store keeps."""

from datetime import UTC, date, datetime, timedelta

_FIRST = date(1970, 1, 1)


def to_epoch(moment: datetime) -> int:
    """Return whole seconds since 1970 UTC.

    Examples
    --------
    >>> to_epoch(datetime(1970, 1, 2, tzinfo=UTC))
    86400
    """
    return int(moment.timestamp())


def from_epoch(seconds: int) -> datetime:
    """Return the UTC moment of whole seconds since 1970.

    Examples
    --------
    >>> from_epoch(86400).isoformat()
    '1970-01-02T00:00:00+00:00'
    """
    return datetime.fromtimestamp(seconds, UTC)


def day_number(day: date) -> int:
    """Return whole days since 1970-01-01.

    Examples
    --------
    >>> day_number(date(1970, 2, 1))
    31
    """
    return (day - _FIRST).days


def day_of(number: int) -> date:
    """Return the day of a number of days since 1970-01-01.

    Examples
    --------
    >>> day_of(31)
    datetime.date(1970, 2, 1)
    """
    return _FIRST + timedelta(days=number)
