"""Choose among sites: how alike the names are, weighed by the ward and the postcode said."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from aim.areas.gazetteer.names import NameList
from aim.areas.gazetteer.sites import Sites

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Word = TypeVar("Word", bound=Hashable)

# How much of a doubt is left where ward or postcode agree, and of a score where they do not. A
# postcode counts for less against a street: it may be that of whoever complained.
_DOUBT_LEFT = 0.7
_FAR_FROM_WARD, _FAR_FROM_POSTCODE = 0.85, 0.95
# The second reading of a text ("High Street", of "High Street North") counts a little less.
_NEXT_READING = 0.04
# A second place this much worse takes nothing from the first; an equal one takes this share.
_CLEAR_MARGIN, _TIE_COST = 0.06, 0.35


@dataclass(frozen=True, slots=True)
class Asked:
    """The readings of one text, likeliest first, and what was said with it."""

    names: tuple[str, ...]
    ward: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Best:
    """The best and the second-best site of each question; -1 and 0 for none."""

    site: Integers
    score: Floats
    second: Integers
    second_score: Floats

    @property
    def margin(self) -> Floats:
        """How much worse the second best does."""
        return self.score - self.second_score

    @property
    def confidence(self) -> Floats:
        """The score, less where a second does nearly as well."""
        tie = np.clip(1 - self.margin / _CLEAR_MARGIN, 0, 1)
        return self.score * (1 - _TIE_COST * tie)


def choose_sites(
    asked: Sequence[Asked],
    sites: Sites,
    names: NameList,
    near: Callable[[str], Flags | None],
) -> Best:
    """Choose the best and the second-best site of each question.

    Parameters
    ----------
    asked
        Questions taken apart.
    sites, names
        Where the streets lie, and their distinct names.
    near
        Says which sites lie near a ward or a postcode; nothing where it knows neither.
    """
    texts, codes = distinct([name for one in asked for name in one.names])
    readings = np.array([len(one.names) for one in asked], np.int64)
    question = np.repeat(np.arange(len(asked)), readings)
    reading = _ranges(np.zeros_like(readings), readings)
    of_text, site, score = _alike_sites(texts, sites, names)
    # Each question meets the sites of each of its readings.
    pair, candidate = _meet(of_text, codes)
    score = score[candidate] * (1 - _NEXT_READING * reading[pair])
    question, site = question[pair], site[candidate]
    for said, far in (
        ([one.ward for one in asked], _FAR_FROM_WARD),
        ([one.postcode for one in asked], _FAR_FROM_POSTCODE),
    ):
        score = _weigh(score, site, [said[at] for at in question], near, far)
    return _two_best(question, site, score, len(asked))


def distinct(words: Iterable[Word]) -> tuple[list[Word], Integers]:
    """Return the distinct words in order of appearance, and the place of each word in them."""
    places: dict[Word, int] = {}
    codes = [places.setdefault(word, len(places)) for word in words]
    return list(places), np.array(codes, np.int64)


def _ranges(start: Integers, stop: Integers) -> Integers:
    """Return the numbers from each start to its stop, one range after the other."""
    length = stop - start
    begun = np.cumsum(length) - length
    ranges: Integers = np.arange(length.sum()) + np.repeat(start - begun, length)
    return ranges


def _meet(sorted_keys: Integers, wanted: Integers) -> tuple[Integers, Integers]:
    """Return all pairs of equal numbers, by their places in ``wanted`` and ``sorted_keys``."""
    start = np.searchsorted(sorted_keys, wanted, side="left")
    stop = np.searchsorted(sorted_keys, wanted, side="right")
    return np.repeat(np.arange(len(wanted)), stop - start), _ranges(start, stop)


def _alike_sites(
    texts: Sequence[str], sites: Sites, names: NameList
) -> tuple[Integers, Integers, Floats]:
    """Return text, site and likeness of all pairs worth a look, sorted by text."""
    alike = names.find_alike(texts)
    order = np.lexsort((alike.name, alike.text))
    pair, site = _meet(sites.name, alike.name[order])
    return alike.text[order][pair], site, alike.score[order][pair]


def _weigh(
    score: Floats,
    site: Integers,
    said: Sequence[str],
    near: Callable[[str], Flags | None],
    far: float,
) -> Floats:
    """Weigh likeness by where the site lies against what was said."""
    weighed = score.copy()
    words, codes = distinct(said)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(words) + 1))
    for at, word in enumerate(words):
        rows = order[bounds[at] : bounds[at + 1]]
        here = near(word) if word and len(rows) else None
        if here is not None:
            surer = 1 - _DOUBT_LEFT * (1 - score[rows])
            weighed[rows] = np.where(here[site[rows]], surer, far * score[rows])
    return weighed


def _two_best(question: Integers, site: Integers, score: Floats, questions: int) -> Best:
    """Keep the two best sites of each question, of equal ones the first by name."""
    order = np.lexsort((site, -score, question))
    question, site, score = question[order], site[order], score[order]
    # Two readings of one text may meet the same site: the better one counts.
    pairs = question * (site.max(initial=0) + 1) + site
    kept = np.sort(np.unique(pairs, return_index=True)[1])
    question, site, score = question[kept], site[kept], score[kept]
    place = np.arange(len(question)) - np.searchsorted(question, question)
    sites = np.full((2, questions), -1, np.int64)
    scores = np.zeros((2, questions))
    for rank in (0, 1):
        here = place == rank
        sites[rank, question[here]] = site[here]
        scores[rank, question[here]] = score[here]
    return Best(sites[0], scores[0], sites[1], scores[1])
