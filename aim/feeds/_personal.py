"""What must not pass the door: personal details in free text.

Whole personal columns (names, telephones, addresses of people) are never read at all. In the free
text that is kept, e-mail addresses, telephone numbers, National Insurance and card numbers, dates
of birth that are called so, vehicle marks, and a titled name beside a house number become a mark
of their kind, such as ``[email]``. A pattern finds what is written as most people write it: a name
without a title, a number in words, a mark of an older kind without the word before it stay. That is
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

_BIRTH = r"\b(?:d\.?o\.?b\b\.?|date\s+of\s+birth|born)(?:\s+(?:on|is|was))?[\s.:]*"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = (
    r"(?:\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\s+\d{{2,4}})"
)
_VEHICLE = r"\b(?:vrm|reg|registration|number\s+plate)(?:\s+(?:no|number|mark|is))*[\s.:]+"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(rf"[\w.%+'\-]+{_AT}[\w\-]+(?:\.[\w\-]+)+", re.IGNORECASE)),
    # Called a card number only if its digits prove it; see ``_replace``.
    (
        "card-number",
        re.compile(
            r"(?<![\d.])[2-6](?:\d{12,18}|\d{3}([ \-])\d{4}\1\d{4}\1\d{4}"
            r"|\d{3}[ \-]\d{6}[ \-]\d{5})(?!\d)"
        ),
    ),
    ("birth-date", re.compile(rf"(?P<cue>{_BIRTH}){_DATE}(?!\d)", re.IGNORECASE)),
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
    # A mark of today's kind stands out by itself in capitals, or written as one word.
    (
        "vehicle",
        re.compile(r"\b(?:[A-Y]{2}\d{2}\s?[A-Z]{3}|[a-y]{2}\d{2}[a-z]{3})\b"),
    ),
    (
        "vehicle",
        re.compile(
            rf"(?P<cue>{_VEHICLE})[a-z]{{1,3}}\s?\d{{1,4}}(?:\s?[a-z]{{1,3}})?\b", re.IGNORECASE
        ),
    ),
    (
        "name-and-house",
        re.compile(
            r"\b(?:mr|mrs|ms|miss|dr)\.?\s+[a-z][\w'\-]+[\s,]+"
            r"(?:(?:lives|living|at|of|from|no\.?|number)\s+){0,3}\d{1,4}[a-z]?\b(?![:/.]\d)",
            re.IGNORECASE,
        ),
    ),
)
_WORTH_A_LOOK = re.compile(r"@|[(\[]at[)\]]|\d", re.IGNORECASE)
_CARD = "card-number"


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
    if not _WORTH_A_LOOK.search(text):
        return text, counts
    before = ""
    while text != before:  # a mark may part what hid another detail
        before = text
        for kind, pattern in _PATTERNS:
            text = _replace(text, kind, pattern, counts)
    return text, counts


def _replace(text: str, kind: str, pattern: re.Pattern[str], counts: dict[str, int]) -> str:
    """Put a mark in place of each find, keeping the word that gave it away."""
    cue = "cue" in pattern.groupindex

    def mark(found: re.Match[str]) -> str:
        if kind == _CARD and not _proves(found[0]):
            return found[0]
        counts[kind] = counts.get(kind, 0) + 1
        return f"{found['cue'] if cue else ''}[{kind}]"

    return pattern.sub(mark, text)


def _proves(card: str) -> bool:
    """Tell whether digits end in the check digit of a card (Luhn)."""
    digits = [int(letter) for letter in reversed(card) if letter.isdigit()]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[1::2]]  # noqa: PLR2004 - two figures
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
