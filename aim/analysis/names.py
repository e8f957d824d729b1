"""Names people use for places: the commonest street of a hotspot, or its ward and compass part.

Senders write streets in many ways: police.uk prints "On or near Essex Street" or the kind of place
("On or near Supermarket"), wardens "outside 14 Homerton Rd", councillors add ward and postcode.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

# Words before the street, a house or flat number among them.
_BEFORE = re.compile(
    r"^(?:(?:on or near|near to|near|nr|outside|o/s|opposite|opp|behind|rear of|corner of"
    r"|junction of|land at|by|at|off)\b\.?\s*|(?:no|flat|unit)\b\.?\s*(?=\d)|[\d/\-]+[a-z]?\b\s*)+",
    re.IGNORECASE,
)
# Postcodes, and what stands in brackets. An outward code alone needs two letters: A66 is a road.
_NO_NAME = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b|\b[A-Z]{2}\d{1,2}[A-Z]?\b|\([^)]*\)", re.IGNORECASE
)
_SHORT = {
    "rd": "Road", "st": "Street", "ave": "Avenue", "av": "Avenue", "ln": "Lane", "cl": "Close",
    "cres": "Crescent", "dr": "Drive", "sq": "Square", "tce": "Terrace", "terr": "Terrace",
    "gdns": "Gardens", "pl": "Place", "ct": "Court", "gr": "Grove", "wy": "Way",
}  # fmt: skip
_STREET_WORDS = frozenset(word.lower() for word in _SHORT.values()) | {
    "approach", "bank", "boulevard", "broadway", "bypass", "cliff", "common", "croft", "drove",
    "end", "esplanade", "fold", "garth", "gate", "green", "hill", "mews", "parade", "park", "path",
    "promenade", "quay", "rise", "roundabout", "row", "side", "view", "walk", "wharf", "wynd",
    "yard",
}  # fmt: skip
# What police.uk prints where the nearest point is not a street.
_KINDS_OF_PLACE = frozenset({
    "airport/airfield", "bus/coach station", "conference/exhibition centre", "ferry terminal",
    "further/higher educational building", "golf course", "hospital", "motorway service area",
    "nightclub", "park/open space", "parking area", "pedestrian subway", "petrol station",
    "police station", "prison", "race track", "rail station", "shopping area",
    "sports/recreation area", "supermarket", "theatre/concert hall",
})  # fmt: skip
_SMALL_WORDS = frozenset({"and", "of", "on"})
_NOWHERE = frozenset({"", "no location", "unknown", "not known", "none", "n/a"})
_COMPASS = (
    "east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east",
)  # fmt: skip
# Nearer to the middle of a ward than this share of its half-width is its centre.
_CENTRE = 0.3


def street_of(text: str) -> str:
    """Return the street or place a sender's words name, as people would write it.

    Parameters
    ----------
    text
        The sender's words.

    Returns
    -------
    str
        Without number, ward and postcode; empty where no place is named.

    Examples
    --------
    >>> street_of("O/S 14 homerton rd, Abbey, NB1 2CD")
    'Homerton Road'
    >>> street_of("On or near St Paul'S Road"), street_of("On or near No Location")
    ("St Paul's Road", '')
    """
    parts = [_tidy(part) for part in _NO_NAME.sub(" ", text).split(",")]
    named = [part for part in parts if part]
    streets = [part for part in named if part.split()[-1].lower() in _STREET_WORDS]
    return next(iter(streets or named), "")


def _tidy(part: str) -> str:
    words = _BEFORE.sub("", " ".join(part.split())).strip(" .-").split()
    if not words or " ".join(words).lower() in _NOWHERE:
        return ""
    # "St" is a street at the end and a saint at the beginning.
    last = words[-1].rstrip(".").lower()
    words[-1] = _SHORT.get(last, words[-1]) if len(words) > 1 else words[-1]
    return " ".join(_capitals(word) for word in words)


def _capitals(word: str) -> str:
    if word.lower() in _SMALL_WORDS:
        return word.lower()
    mixed = not (word.islower() or word.isupper())
    if mixed or (word.isupper() and any(letter.isdigit() for letter in word)):
        return word.replace("'S", "'s")
    return "/".join(piece.capitalize() for piece in word.split("/"))


def name_place(texts: Iterable[str], fallback: str) -> str:
    """Name a place by the commonest street its incidents name.

    Parameters
    ----------
    texts
        Senders' words, one an incident.
    fallback
        Ward and compass part, or a grid reference.

    Returns
    -------
    str
        The street; where only kinds of place are named, the commonest with the fallback; else the
        fallback. Of equally common names the first in the alphabet wins.

    Examples
    --------
    >>> name_place(["On or near Nightclub", "9 Bow Lane", "On or near Nightclub"], "Abbey, north")
    'Bow Lane'
    >>> name_place(["On or near Supermarket"], "Abbey, north")
    'Supermarket, Abbey, north'
    """
    named = Counter(filter(None, map(street_of, texts)))
    commonest = sorted(named, key=lambda name: (-named[name], name))
    streets = [name for name in commonest if name.lower() not in _KINDS_OF_PLACE]
    if streets:
        return streets[0]
    return f"{commonest[0]}, {fallback}" if commonest else fallback


def compass_part(east_m: float, north_m: float, half_width_m: float) -> str:
    """Return the part of an area a place lies in, by its offset from the middle.

    Parameters
    ----------
    east_m, north_m
        Offset from the middle of the area, metres.
    half_width_m
        Half the width of a square as large as the area, metres.

    Examples
    --------
    >>> compass_part(900, 850, half_width_m=1000), compass_part(10, 0, half_width_m=1000)
    ('north-east', 'centre')
    """
    if math.hypot(east_m, north_m) < _CENTRE * half_width_m:
        return "centre"
    return _COMPASS[round(math.atan2(north_m, east_m) / (math.pi / 4)) % 8]


def make_unique(names: Sequence[str], details: Sequence[str]) -> list[str]:
    """Tell equal names apart: by a detail such as the ward, then by a number.

    Parameters
    ----------
    names, details
        One of each a place, in the order of their ranks.

    Returns
    -------
    list of str
        Distinct names in the same order.

    Examples
    --------
    >>> make_unique(["High Street", "High Street", "Bow Lane"], ["Abbey", "Hemlington", "Abbey"])
    ['High Street, Abbey', 'High Street, Hemlington', 'Bow Lane']
    """
    often = Counter(names)
    detailed = [
        f"{name}, {detail}" if often[name] > 1 and detail and not name.endswith(detail) else name
        for name, detail in zip(names, details, strict=True)
    ]
    taken: set[str] = set()
    unique = []
    for name in detailed:
        number, candidate = 1, name
        while candidate in taken:
            number += 1
            candidate = f"{name} ({number})"
        taken.add(candidate)
        unique.append(candidate)
    return unique
