"""Where chance comes from: a generator or a seed handed in, and the same one every time if not."""

import numpy as np

from aim.errors import ParameterError

Randomness = np.random.Generator | int | None

_USUAL_SEED = 0


def read_rng(rng: Randomness) -> tuple[np.random.Generator, int | None]:
    """Return a generator, and the seed it began with where that is known.

    Parameters
    ----------
    rng
        A generator is used as it stands, a whole number from 0 is a seed, None is seed 0.

    Raises
    ------
    ParameterError
        It is none of them.

    Examples
    --------
    >>> generator, seed = read_rng(7)
    >>> seed
    7
    """
    if isinstance(rng, np.random.Generator):
        return rng, None
    seed: object = _USUAL_SEED if rng is None else rng
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ParameterError(
            f"`rng` must be a numpy generator or a seed from 0, found {rng!r};"
            " give numpy.random.default_rng(1), or 1."
        )
    return np.random.default_rng(int(seed)), int(seed)


def check_permutations(permutations: int, least: int = 0) -> int:
    """Return the number of permutations, or refuse it.

    Examples
    --------
    >>> check_permutations(999)
    999
    """
    if permutations != int(permutations) or permutations < least:
        raise ParameterError(
            f"`permutations` must be a whole number from {least}, found {permutations!r};"
            " 999 is usual."
        )
    return int(permutations)
