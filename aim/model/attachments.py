"""Files people attach to an action: what is told of one without opening it."""

from dataclasses import dataclass
from datetime import datetime

KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file attached to a record.

    Attributes
    ----------
    number
        Its place among the record's files, from 1; the number of one taken out is not used again.
    name, media_type
        What people call it, and what it is by its content.
    size, sha256
        Bytes as kept, and their hash.
    actor, at
        Who attached it and when, UTC.
    """

    number: int
    name: str
    media_type: str
    size: int
    sha256: str
    actor: str
    at: datetime


def say_size(size: int) -> str:
    """Say how large a file is.

    Examples
    --------
    >>> say_size(900), say_size(20_480), say_size(3_500_000)
    ('1 KB', '20 KB', '3.3 MB')
    """
    if size < KILOBYTE * KILOBYTE:
        return f"{max(1, round(size / KILOBYTE))} KB"
    return f"{size / KILOBYTE / KILOBYTE:.1f} MB"
