"""A line of numbers with their total, published once: small ones out, and one more if need be."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.access.disclosure.rules import K
from aim.errors import ParameterError

_FEWEST_WITHHELD = 2


def suppress_line(counts: pd.Series, *, k: int = K) -> tuple[pd.Series, int | None]:
    """Withhold counts below k, and the next smallest ones while the total would reveal them.

    For a table that is published once, where exact numbers are wanted. Zero is withheld like 1 to
    4. The withheld cells look all alike: at least two, which together make at least k, so that each
    of them could be anything from 0 to their sum. Two such tables over one another can be taken
    apart; figures that return every month belong on the grid, in bands.

    Parameters
    ----------
    counts
        Whole numbers from 0, such as one theme's incidents by ward; missing is not allowed.
    k
        The smallest number that may be shown.

    Returns
    -------
    shown, total
        Nullable whole numbers on the same index, missing where withheld, and the total, None where
        all the cells together are fewer than k or a lone cell is withheld. Empty in, empty and 0
        out.

    Raises
    ------
    ParameterError
        A count is missing or below 0.

    Notes
    -----
    Cost: one sort. Primary and secondary suppression after Hundepool et al., Statistical Disclosure
    Control (2012), chapter 4, for a single line.

    Examples
    --------
    >>> shown, total = suppress_line(pd.Series([3, 12, 20]))
    >>> shown.tolist(), total
    ([<NA>, <NA>, 20], 35)
    """
    if counts.isna().any() or (counts < 0).any():
        raise ParameterError("`counts` must be whole numbers from 0; one is missing or below 0.")
    numbers = counts.to_numpy(dtype=np.int64)
    withheld = _withheld(numbers, k)
    shown = counts.astype("Int64").mask(pd.Series(withheld, index=counts.index))
    enough = withheld.sum() >= _FEWEST_WITHHELD and numbers[withheld].sum() >= k
    return shown, int(numbers.sum()) if enough or not withheld.any() else None


def _withheld(numbers: npt.NDArray[np.int64], k: int) -> npt.NDArray[np.bool_]:
    """Take the numbers from the smallest up, until nothing under k shows and enough are hidden."""
    order = np.argsort(numbers, kind="stable")
    ascending = numbers[order]
    small = int(np.searchsorted(ascending, k))
    withheld = np.zeros(len(numbers), dtype=np.bool_)
    if small:
        enough = int(np.searchsorted(np.cumsum(ascending), k)) + 1
        withheld[order[: max(small, enough, _FEWEST_WITHHELD)]] = True
    return withheld
