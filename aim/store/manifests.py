"""What each delivery said, and what all current ones together say of a row.

The state of a row follows from the current deliveries alone, read oldest first: one that names
the row gives it a content or withdraws it, the last word holds. Taking a delivery back is
therefore reading the others again, and any order of undoing and redoing ends in the same store.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aim.store.contents import ID_BYTES, Hashes, Ids
from aim.store.tables import RowState

WHATEVER = 0  # as a hash in `withdrawn`: the row goes, whatever its content
_PAIR = np.dtype([("id", f"S{ID_BYTES}"), ("hash", ">i8")])
_PAIR_BYTES = _PAIR.itemsize


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ids with content hashes, sorted by id, then by hash as bytes."""

    ids: Ids
    hashes: Hashes

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.ids)

    def to_bytes(self) -> bytes:
        """Write the pairs; hashes do not compress, so nothing tries."""
        pairs = np.empty(len(self.ids), _PAIR)
        pairs["id"], pairs["hash"] = self.ids, self.hashes
        return pairs.tobytes()

    def keys(self) -> npt.NDArray[np.bytes_]:
        """Return id and hash as one key each."""
        return np.frombuffer(self.to_bytes(), f"S{_PAIR_BYTES}")


NO_PAIRS = Pairs(np.empty(0, f"S{ID_BYTES}"), np.empty(0, np.int64))


def read_pairs(raw: bytes) -> Pairs:
    """Read what ``Pairs.to_bytes`` wrote."""
    pairs = np.frombuffer(raw, _PAIR)
    return Pairs(
        np.ascontiguousarray(pairs["id"]), np.ascontiguousarray(pairs["hash"]).astype(np.int64)
    )


def sorted_pairs(ids: Ids, hashes: Hashes) -> Pairs:
    """Return pairs in order, each once."""
    keys = np.unique(Pairs(ids, hashes).keys())
    return read_pairs(keys.tobytes())


@dataclass(frozen=True, slots=True)
class Manifest:
    """One delivery: the contents it gives and those it withdraws."""

    number: int
    kept: Pairs
    withdrawn: Pairs = NO_PAIRS

    def named(self) -> Ids:
        """Return every id the delivery names, sorted."""
        return np.union1d(self.kept.ids, self.withdrawn.ids)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the current deliveries say of each of ``ids``.

    ``batch`` is the delivery that brought the row as it stands: the first of the last unbroken
    line of deliveries that agree.
    """

    ids: Ids
    state: npt.NDArray[np.int64]
    hashes: Hashes
    batch: npt.NDArray[np.int64]


def positions_in(ids: Ids, among: Ids) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return where each id stands among sorted ids, and whether it is there at all."""
    if np.array_equal(ids, among):  # the same rows again: nothing to look for
        return np.arange(len(ids)), np.ones(len(ids), np.bool_)
    if not len(among):
        return np.zeros(len(ids), np.intp), np.zeros(len(ids), np.bool_)
    at = np.searchsorted(among, ids)
    at[at == len(among)] = 0
    return at, among[at] == ids


def standing_of(ids: Ids, manifests: Iterable[Manifest]) -> Standing:
    """Read the current deliveries, oldest first, for what they say of some rows.

    Parameters
    ----------
    ids
        Sorted ids, each once.
    manifests
        The deliveries that are not undone, oldest first.

    Returns
    -------
    Standing
        A row no delivery names is undone; its hash is 0.
    """
    state = np.full(len(ids), RowState.UNDONE, np.int64)
    hashes = np.zeros(len(ids), np.int64)
    batch = np.zeros(len(ids), np.int64)
    for one in manifests:
        gone = (state == RowState.CURRENT) & _withdrawn(ids, hashes, one.withdrawn)
        state[gone], batch[gone] = RowState.WITHDRAWN, one.number
        at, said = positions_in(ids, one.kept.ids)
        said_hashes = one.kept.hashes[at] if len(one.kept) else hashes
        fresh = said & ~((state == RowState.CURRENT) & (hashes == said_hashes))
        state[fresh], batch[fresh] = RowState.CURRENT, one.number
        hashes[fresh] = said_hashes[fresh]
    return Standing(ids, state, hashes, batch)


def _withdrawn(ids: Ids, hashes: Hashes, withdrawn: Pairs) -> npt.NDArray[np.bool_]:
    if not len(withdrawn):
        return np.zeros(len(ids), np.bool_)
    keys = withdrawn.keys()
    return np.isin(Pairs(ids, hashes).keys(), keys) | np.isin(
        Pairs(ids, np.full(len(ids), WHATEVER, np.int64)).keys(), keys
    )
