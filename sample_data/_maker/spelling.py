"""How people misspell a street."""

import numpy as np

from _maker.words import SHORT_SUFFIXES

_SOUNDS = (("ea", "ee"), ("ou", "ow"), ("ph", "f"), ("ll", "l"), ("rr", "r"), ("tt", "t"))
_SHORTEST = 4


def misspell(rng: np.random.Generator, street: str) -> str:
    """Return a street's name as somebody in a hurry writes it; never the right name."""
    stem, _, suffix = street.rpartition(" ")
    wrong = _wrong_stem(rng, stem)
    chance = rng.random()
    if chance < 0.3:
        return f"{wrong} {SHORT_SUFFIXES.get(suffix, suffix)}"
    if chance < 0.4:
        return f"{wrong.lower()} {suffix.lower()}"
    return f"{wrong} {suffix}"


def _wrong_stem(rng: np.random.Generator, stem: str) -> str:
    place = int(rng.integers(1, max(len(stem) - 1, 2)))
    ways = (
        stem[:place] + stem[place + 1 :] if len(stem) > _SHORTEST else stem + "s",
        stem[:place] + stem[place] + stem[place:],
        stem[:place] + stem[place + 1 : place + 2] + stem[place] + stem[place + 2 :],
        _by_ear(stem),
    )
    wrong = ways[int(rng.integers(len(ways)))]
    return wrong if wrong != stem else stem[:place] + stem[place] + stem[place:]


def _by_ear(stem: str) -> str:
    for right, wrong in _SOUNDS:
        if right in stem:
            return stem.replace(right, wrong, 1)
    return stem.replace("e", "i", 1)
