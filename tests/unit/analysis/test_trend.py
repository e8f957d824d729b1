"""Mann-Kendall."""

import numpy as np
import pytest

from aim.analysis import mann_kendall
from aim.analysis.local_statistics.trend import mann_kendall_columns
from aim.errors import ParameterError

WORKED = [
    (range(1, 11), 45, 125, 3.93548, 8e-5),
    ([5, 4, 6, 5, 7, 8, 7, 9, 10, 12, 11, 13], 56, 210.66667, 3.78935, 1.5e-4),
    ([10, 9, 8, 7, 6, 5], -15, 28.33333, -2.63014, 0.00853),
    ([4, 4, 4, 4], 0, 0, 0, 1),
    ([3], 0, 0, 0, 1),
    ([], 0, 0, 0, 1),
    ([1, 1, 1, 2, 2, 2], 9, 21, 8 / np.sqrt(21), 0.0808),
]


@pytest.mark.parametrize(("series", "s", "var", "z", "p"), WORKED)
def test_a_worked_series_has_its_trend(series, s, var, z, p):
    found = mann_kendall(list(series))
    assert found.s == s
    assert found.var == pytest.approx(var, abs=5e-6)
    assert found.z == pytest.approx(z, abs=5e-6)
    assert found.p == pytest.approx(p, rel=0.05)


def test_a_table_is_tested_column_by_column():
    table = np.array([[1, 6, 2], [2, 5, 2], [3, 4, 2], [5, 3, 1]])
    columns = mann_kendall_columns(table)
    for place, column in enumerate(table.T):
        alone = mann_kendall(column)
        found = [float(one[place]) for one in columns]
        assert found == [alone.s, alone.var, alone.z, alone.p]


@pytest.mark.parametrize("series", [[1, np.nan], [1, np.inf], [[1, 2], [3, 4]]])
def test_what_is_no_series_is_refused(series):
    with pytest.raises(ParameterError):
        mann_kendall(series)
