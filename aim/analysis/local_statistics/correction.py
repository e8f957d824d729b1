"""Many tests at once: which of them may be called significant."""

import numpy as np
import numpy.typing as npt

from aim.errors import ParameterError


def fdr_cutoff(p: npt.ArrayLike, alpha: float = 0.05) -> float:
    """Return the largest p value that may be called significant among many.

    Parameters
    ----------
    p
        The p values of all tests made, from 0 to 1, in any shape.
    alpha
        The share of false alarms among the alarms that is borne, above 0 and below 1.

    Returns
    -------
    float
        Tests with ``p <= fdr_cutoff(p)`` are significant. 0 where none is; empty in, 0 out.

    Raises
    ------
    ParameterError
        A value is not between 0 and 1.

    Notes
    -----
    Benjamini, Y. and Hochberg, Y. (1995), "Controlling the false discovery rate", Journal of the
    Royal Statistical Society B 57: 289-300. It also holds where neighbouring places share
    incidents, which ties their tests positively.

    Examples
    --------
    >>> fdr_cutoff([0.001, 0.008, 0.039, 0.041, 0.3])
    0.008
    """
    values = np.sort(np.asarray(p, dtype=np.float64), axis=None)
    if not ((values >= 0) & (values <= 1)).all():
        raise ParameterError("`p` must lie between 0 and 1; leave out tests without an answer.")
    if not 0 < alpha < 1:
        raise ParameterError(f"`alpha` must lie between 0 and 1, found {alpha!r}.")
    allowed = alpha * np.arange(1, len(values) + 1) / max(len(values), 1)
    return float(values[values <= allowed].max(initial=0.0))
