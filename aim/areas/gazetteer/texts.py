"""What people write for a place, taken apart: house number, street, crossing street, postcode.

Written by hand on the telephone, so no rule is certain. "St" is a street at the end and a saint
elsewhere; a house number comes before the street; a ward or a town may follow it, with a comma or
without; "On or near" is how police.uk begins every place.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b", re.IGNORECASE)
# An outward code alone needs two letters: A66 is a road.
_OUTWARD = re.compile(r"\b[a-z]{2}\d{1,2}[a-z]?\b(?!\s*\w)", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^)]*\)?")
_DROPPED = re.compile(r"['\u2019\u2018`.]")
_SIGNS = re.compile(r"[^a-z0-9]+")
# What follows "nr" or "opposite" in mid-text is another place, not more of the street.
_PARTS = re.compile(
    r"[,;|\n]|\s-\s|(?<!on or)\s(?=(?:near|nr|opp|opposite|outside|o/s|behind|next to|close to)\b)"
)
_NUMBER = r"(\d{1,4}[a-z]?)(?:\s*(?:-|/|to)\s*\d{1,4}[a-z]?)?(?=\s|$)"
_LEAD_WORDS = (
    "on or near|near to|close to|next to|opposite to|adjacent to|adj to|in front of|front of"
    "|outside of|rear of|back of|side of|end of|top of|bottom of|corner of|vicinity of|land at"
    "|land off|outside|opposite|adjacent|behind|beside|near|opp|adj|by|at|off|on|in|nr|o/s|r/o"
)
_LEAD = re.compile(
    rf"(?:the\s+)?(?:{_LEAD_WORDS})\b\.?\s+|(?:no|number|flat|unit|apt)\b\.?\s*(?=\d)"
)
_HOUSE = re.compile(_NUMBER)
_JUNCTION = r"(?:junction|junc|jct|jctn|jn|corner|cnr)\b(?: of| with)?"
_CROSSING = (
    re.compile(
        rf"^(?:(?:on|at|near|by|outside)\s+)?(?:the\s+)?{_JUNCTION}\s+(?P<first>.+?)"
        r"\s*(?:\band\b|\bwith\b|&|/)\s*(?P<second>.+)$"
    ),
    re.compile(
        rf"^(?P<first>.+?)\s*(?:\bj/w\b|\bjw\b|(?:at )?(?:the )?\b{_JUNCTION})\s*(?P<second>.+)$"
    ),
)

_SHORT_TYPES = {
    "rd": "road", "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "avn": "avenue",
    "ln": "lane", "la": "lane", "cl": "close", "clo": "close", "cres": "crescent",
    "cresc": "crescent", "cr": "crescent", "dr": "drive", "drv": "drive", "sq": "square",
    "tce": "terrace", "ter": "terrace", "terr": "terrace", "gdns": "gardens", "gdn": "gardens",
    "gds": "gardens", "garden": "gardens", "pl": "place", "plc": "place", "ct": "court",
    "crt": "court", "gr": "grove", "grv": "grove", "gro": "grove", "wy": "way", "wlk": "walk",
    "wk": "walk", "pk": "park", "pde": "parade", "blvd": "boulevard", "bvd": "boulevard",
    "mws": "mews", "hl": "hill", "gn": "green", "grn": "green", "bk": "bank", "rw": "row",
    "prom": "promenade", "esp": "esplanade", "rdbt": "roundabout", "rbt": "roundabout",
}  # fmt: skip
STREET_TYPES = frozenset(_SHORT_TYPES.values()) | {
    "approach", "arcade", "broadway", "bypass", "causeway", "chare", "cliff", "common", "croft",
    "crossing", "dale", "dene", "drove", "embankment", "end", "fold", "garth", "gate", "highway",
    "loan", "meadow", "moor", "parkway", "path", "precinct", "quay", "rise", "side", "strand",
    "subway", "vale", "view", "villas", "wharf", "wood", "wynd", "yard",
}  # fmt: skip
_NO_PLACE = frozenset(
    {"", "no location", "unknown", "not known", "none", "na", "n a", "nk", "n k", "not given",
     "various", "see notes", "tbc"}
)  # fmt: skip
# A word this short has too many neighbours to be taken for a misspelt type.
_SHORTEST_TYPE = 4
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """One text taken apart; every name is normalised.

    Attributes
    ----------
    names
        What may be the name of the street or place, likeliest first; empty where none is given.
    number
        House number, small letters; empty where none is given.
    crossing
        The other street of a junction; empty where none is given.
    postcode
        With one space, in capitals; empty where none is given.
    area
        The ward or locality said with it, normalised; empty where none is known.
    """

    names: tuple[str, ...] = ()
    number: str = ""
    crossing: str = ""
    postcode: str = ""
    area: str = ""


def normalise_name(text: str) -> str:
    """Write a name as all its spellings agree: small letters, no signs, long forms.

    Examples
    --------
    >>> normalise_name("St. Mary's Rd"), normalise_name("THE CRESCENT"), normalise_name("Ash & Elm")
    ('saint marys road', 'crescent', 'ash and elm')
    """
    return _normal(_plain(text))


def normalise_postcode(text: str) -> str:
    """Write a postcode with one space, in capitals; empty where the text is none.

    Examples
    --------
    >>> normalise_postcode("ts13ba"), normalise_postcode("TS1  3BA"), normalise_postcode("TS1")
    ('TS1 3BA', 'TS1 3BA', '')
    """
    found = _POSTCODE.fullmatch(text.strip())
    return f"{found[1]} {found[2]}".upper() if found else ""


def split_type(name: str) -> tuple[str, str]:
    """Return the stem of a normalised name and its street type, empty where it has none.

    Examples
    --------
    >>> split_type("ash tree road"), split_type("broadway"), split_type("linthorpe")
    (('ash tree', 'road'), ('broadway', ''), ('linthorpe', ''))
    """
    stem, _, last = name.rpartition(" ")
    return (stem, last) if stem and last in STREET_TYPES else (name, "")


def mend_type(name: str) -> str:
    """Put right a street type that is one slip away from one, where the name has no other.

    Examples
    --------
    >>> mend_type("ash tree raod"), mend_type("ash avnue"), mend_type("high rows")
    ('ash tree road', 'ash avenue', 'high rows')
    """
    stem, _, last = name.rpartition(" ")
    if not stem or last in STREET_TYPES or len(last) < _SHORTEST_TYPE:
        return name
    return f"{stem} {_type_like(last)}"


@lru_cache(maxsize=4096)
def _type_like(word: str) -> str:
    near = [
        kind
        for kind in sorted(STREET_TYPES)
        if len(kind) >= _SHORTEST_TYPE and OSA.distance(word, kind, score_cutoff=1) <= 1
    ]
    return near[0] if len(near) == 1 else word


def read_place_words(text: str, areas: Collection[str] = frozenset()) -> PlaceWords:
    """Take one text apart.

    Parameters
    ----------
    text
        The sender's words.
    areas
        Normalised names of wards and localities, which name no street where they follow one.

    Examples
    --------
    >>> read_place_words("O/S 12a Ash Tree Rd, Harbour, nb12ab", {"harbour"})
    PlaceWords(names=('ash tree road',), number='12a', crossing='', postcode='NB1 2AB',
     area='harbour')
    >>> read_place_words("junction of Ash Rd and Elm St").crossing
    'elm street'
    """
    folded = _fold(text)
    postcode = ""
    for found in _POSTCODE.finditer(folded):
        postcode = f"{found[1]} {found[2]}".upper()
    bare = _OUTWARD.sub(" ", _POSTCODE.sub(" ", _BRACKETS.sub(" ", folded)))
    number, crossing, area = "", "", ""
    names: list[str] = []
    for part in _PARTS.split(bare):
        house, first, second = _take_apart(part.strip())
        words, said = _without_area(_plain(first), areas)
        area = said or area
        number = house if house and (words or not names) else number
        crossing = crossing or normalise_name(second)
        names += _variants(words)
    return PlaceWords(tuple(_likeliest(names)), number, crossing, postcode, area)


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold()


def _plain(text: str) -> list[str]:
    return _SIGNS.sub(" ", _DROPPED.sub("", _fold(text).replace("&", " and "))).split()


def _normal(words: list[str]) -> str:
    words = words[1:] if len(words) > 1 and words[0] == "the" else words
    last = len(words) - 1
    return " ".join(
        _long_form(word, first=not at, last=at == last) for at, word in enumerate(words)
    )


def _long_form(word: str, *, first: bool, last: bool) -> str:
    if word == "st" and not last:
        return "saint"
    return word if first else _SHORT_TYPES.get(word, word)


def _take_apart(part: str) -> tuple[str, str, str]:
    """Return house number, street and crossing street of the words between two commas."""
    for pattern in _CROSSING:
        if found := pattern.match(part):
            return "", _without_lead(found["first"])[1], _without_lead(found["second"])[1]
    number, street = _without_lead(part)
    return number, street, ""


def _without_lead(part: str) -> tuple[str, str]:
    """Cut "outside", "flat 3" and house numbers off the front; the last number is the house's."""
    number = ""
    while True:
        part = part.lstrip(" .-")
        if found := _LEAD.match(part):
            part = part[found.end() :]
        elif found := _HOUSE.match(part):
            number, part = found[1], part[found.end() :]
        else:
            return number, part


def _without_area(words: list[str], areas: Collection[str]) -> tuple[list[str], str]:
    """Cut a ward or locality off the end; all of it where nothing else is there."""
    for start in range(len(words)):
        # "Jetty Park" may be a ward and "Ash Jetty Park" not: what is left must name a street.
        if not start or _is_type(words[start - 1]):
            tail = _normal(words[start:])
            if tail in areas:
                return words[:start], tail
    return words, ""


def _is_type(word: str) -> bool:
    return _SHORT_TYPES.get(word, word) in STREET_TYPES


def _variants(words: list[str]) -> list[str]:
    """Return a name, and cut after each street type where words follow that may be a town."""
    name = _normal(words)
    if name in _NO_PLACE:
        return []
    ends = [at for at in range(2, len(words)) if _is_type(words[at - 1])]
    return [name, *(_normal(words[:end]) for end in ends)]


def _likeliest(names: list[str]) -> list[str]:
    """Keep the names that end in a street type, as written or nearly; all, where none does."""
    mended = [name if split_type(name)[1] else mend_type(name) for name in names]
    typed = [name for name in mended if split_type(name)[1]]
    return list(dict.fromkeys(typed or names))[:_MOST_NAMES]
