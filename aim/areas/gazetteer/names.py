"""How alike two names are, and which names of a list are likest to each of many texts.

A street's type says less than its stem: "Ash Road" and "Ash Avenue" are two streets, while one
slip of the pen leaves most of a stem standing. A text without a type is compared by stems alone.
Likeness counts slips (a letter lost, doubled, changed, or two exchanged) against length.

Source: optimal string alignment distance, as rapidfuzz computes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from aim.areas.gazetteer.texts import split_type

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Below this likeness two names have nothing to do with each other.
_CUTOFF = 0.5
_MOST_LIKE = 12
_TEXTS_AT_ONCE = 512
# Two types that differ, and a type that is not said, make a name less certain.
_OTHER_TYPE = 0.8
_NO_TYPE = 0.92


@dataclass(frozen=True, slots=True)
class Alike:
    """Pairs of a text and a name that are alike, by their places in the two lists."""

    text: Integers
    name: Integers
    score: Floats


@dataclass(frozen=True)
class NameList:
    """Distinct normalised names that texts are compared with."""

    names: tuple[str, ...]

    @cached_property
    def _split(self) -> list[tuple[str, str]]:
        return [split_type(name) for name in self.names]

    @cached_property
    def _stems(self) -> list[str]:
        return [stem for stem, _ in self._split]

    @cached_property
    def _types(self) -> npt.NDArray[np.str_]:
        return np.array([kind for _, kind in self._split], dtype=np.str_)

    def find_alike(self, texts: Sequence[str]) -> Alike:
        """Find the likest names of each text, twelve at most, with a score from 0 to 1.

        Examples
        --------
        >>> found = NameList(("brill road", "puffin way")).find_alike(["puffn way"])
        >>> found.name.tolist(), found.score.round(2).tolist()
        ([1], [0.87])
        """
        split = [split_type(text) for text in texts]
        typed = np.array([bool(kind) for _, kind in split], dtype=bool)
        by_name = _likest(texts, np.flatnonzero(typed), self.names)
        stems = [stem for stem, _ in split]
        by_stem = _likest(stems, np.flatnonzero(~typed), self._stems)
        text, name = (np.concatenate(pair) for pair in zip(by_name, by_stem, strict=True))
        whole = _pairwise([texts[at] for at in text], [self.names[at] for at in name])
        stem = _pairwise([stems[at] for at in text], [self._stems[at] for at in name])
        said = np.array([kind for _, kind in split], dtype=np.str_)[text]
        return Alike(text, name, _score(whole, stem, said, self._types[name]))


def _likest(
    texts: Sequence[str], wanted: Integers, names: Sequence[str]
) -> tuple[Integers, Integers]:
    """Return pairs of text and name, the likest names of each wanted text."""
    empty = np.zeros(0, np.int64)
    found = [(empty, empty)]
    for start in range(0, len(wanted) if names else 0, _TEXTS_AT_ONCE):
        block = wanted[start : start + _TEXTS_AT_ONCE]
        scores = process.cdist(
            [texts[at] for at in block],
            names,
            scorer=OSA.normalized_similarity,
            score_cutoff=_CUTOFF,
            dtype=np.float32,
            workers=-1,
        )
        row, name = _largest(scores)
        found.append((block[row], name))
    rows, columns = zip(*found, strict=True)
    return np.concatenate(rows), np.concatenate(columns)


def _largest(scores: npt.NDArray[np.float32]) -> tuple[Integers, Integers]:
    """Return row and column of the largest scores of each row, equal ones by column."""
    rows, columns = np.nonzero(scores)
    order = np.lexsort((columns, -scores[rows, columns], rows))
    rows, columns = rows[order], columns[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = place < _MOST_LIKE
    return rows[kept].astype(np.int64), columns[kept].astype(np.int64)


def _pairwise(first: list[str], second: list[str]) -> Floats:
    if not first:
        return np.zeros(len(first))
    return np.asarray(
        process.cpdist(first, second, scorer=OSA.normalized_similarity, dtype=np.float64)
    )


def _score(
    whole: Floats, stem: Floats, said: npt.NDArray[np.str_], kept: npt.NDArray[np.str_]
) -> Floats:
    mean = (whole + stem) / 2
    return np.select(
        [said == kept, (said == "") & (kept != ""), (said != "") & (kept == "")],
        [mean, _NO_TYPE * stem, whole],
        _OTHER_TYPE * mean,
    )
