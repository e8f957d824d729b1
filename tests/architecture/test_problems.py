"""Every error has a place in the table from error to status."""

import inspect

import pytest

from aim import errors
from aim.service.problems import STATUS

ERRORS = [
    thing
    for _, thing in inspect.getmembers(errors, inspect.isclass)
    if issubclass(thing, errors.AimError)
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_has_a_status(error):
    assert 400 <= STATUS[error] < 600


def test_the_table_holds_nothing_but_errors_of_the_tree():
    assert set(STATUS) == set(ERRORS)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_stands_in_the_drawn_tree(error):
    assert error.__name__ in (errors.__doc__ or "")
