"""What must not pass the door: contact details in free text.

Whole personal columns (names, telephones, addresses of people) are never read at all. In the free
text that is kept, e-mail addresses, telephone numbers and National Insurance numbers become
``[email]``, ``[phone]`` and ``[ni-number]``. Names in free text cannot be found by rule, which is
why a description is in no list, map or export.
"""

import re

import numpy as np
import pandas as pd

from aim.feeds._seam import distinct

_AT = r"\s?(?:@|\(at\)|\[at\])\s?"
_GAP = r"[\s.()\-\u2010-\u2015]{0,2}"
# 01-02-2026 10:30 begins like a telephone number.
_NO_DATE = r"(?!\d{2}[\s.\-]\d{2}[\s.\-]\d{4}(?!\d))"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(rf"[\w.%+'\-]+{_AT}[\w\-]+(?:\.[\w\-]+)+", re.IGNORECASE)),
    (
        "ni-number",
        re.compile(
            r"(?<![^\W_])[a-z][\s-]?[a-z](?:[\s-]?\d{2}){3}[\s-]?[a-d](?![^\W_])", re.IGNORECASE
        ),
    ),
    ("phone", re.compile(rf"(?<!\d)(?:\+|00(?=\s?44))\s?\d(?:{_GAP}\d){{8,13}}(?!\d)")),
    ("phone", re.compile(rf"(?<!\d)(?<!\d\.){_NO_DATE}\(?0{_GAP}[1-9](?:{_GAP}\d){{8,9}}(?!\d)")),
    # A spreadsheet eats the first nought of a mobile number.
    ("phone", re.compile(r"(?<!\d)(?<!\d[.])7\d{3}[\s-]?\d{3}[\s-]?\d{3}(?!\d)")),
    # A local number without its code is known only by the word before it.
    (
        "phone",
        re.compile(
            r"(?P<cue>\b(?:tel|telephone|phone|mob|mobile|ring|call|text)\b[\s.:]*"
            r"(?:(?:no|number|me|him|her|them|on|back)\b[\s.:]*){0,3})(?<!\d)\d(?:[\s-]?\d){5,7}(?!\d)",
            re.IGNORECASE,
        ),
    ),
)
_FEWEST_DIGITS = 6
_MAIL_SIGN = re.compile(r"@|[(\[]at[)\]]", re.IGNORECASE)
_DIGITS = re.compile(r"\d")


def mask_personal(texts: pd.Series) -> tuple[pd.Series, dict[str, int]]:
    """Put a word in place of contact details in free text.

    Parameters
    ----------
    texts
        Free text; missing stays missing.

    Returns
    -------
    masked, counts
        Text on the same index, and how many details of each kind were masked; kinds not found are
        absent. Empty in, empty out.

    Examples
    --------
    >>> masked, counts = mask_personal(pd.Series(["Ring 01632 960123 or jo@example.org", None]))
    >>> masked[0], counts
    ('Ring [phone] or [email]', {'email': 1, 'phone': 1})
    """
    codes, distinct_texts = distinct(texts)
    read = [mask_text(text) for text in distinct_texts]
    repeats = np.bincount(codes[codes >= 0], minlength=len(read))
    counts: dict[str, int] = {}
    for (_, found), rows in zip(read, repeats.tolist(), strict=True):
        for kind, number in found.items():
            counts[kind] = counts.get(kind, 0) + number * rows
    masked = np.array([*(text for text, _ in read), None], dtype=object)  # code -1 is missing
    return pd.Series(masked[codes], index=texts.index, dtype=texts.dtype), dict(
        sorted(counts.items())
    )


def mask_text(text: str) -> tuple[str, dict[str, int]]:
    """Mask one text, counting what was masked.

    Examples
    --------
    >>> mask_text("her number is QQ 12 34 56 C")
    ('her number is [ni-number]', {'ni-number': 1})
    """
    counts: dict[str, int] = {}
    if not _MAIL_SIGN.search(text) and len(_DIGITS.findall(text)) < _FEWEST_DIGITS:
        return text, counts
    for kind, pattern in _PATTERNS:
        kept = r"\g<cue>" if "cue" in pattern.groupindex else ""
        text, number = pattern.subn(f"{kept}[{kind}]", text)
        if number:
            counts[kind] = counts.get(kind, 0) + number
    return text, counts
