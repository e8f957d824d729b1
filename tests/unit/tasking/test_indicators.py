"""The table of indicators: ours can be read, a partnership's own has every fault named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aim.errors import ConfigError, ParameterError
from aim.model.indicators import CaseReviews, Target
from aim.tasking.indicators import milestones, read_indicators

OWN = """
[indicators.sac]
name = "Serious acquisitive crime"
types = ["Burglary", "vehicle crime"]
sources = ["norbeck-police"]
population = 304225
baseline = "2007/08"
[indicators.sac.rates]
"2009/10" = 15.6
[indicators.sac.targets]
"2008/09" = 4968
[indicators.every]
"""


def test_ours_names_types_the_taxonomy_knows():
    rows = read_indicators()
    assert len({one.key for one in rows}) == len(rows) == 10
    assert all(one.name and not one.targets for one in rows)


def test_a_table_of_ones_own_is_read_in_its_order(tmp_path):
    path = tmp_path / "indicators.toml"
    path.write_text(OWN, "utf-8")
    sac, every = read_indicators(path)
    assert sac.types == ("burglary", "vehicle-crime")
    assert sac.targets == (Target("2008/09", count=4968), Target("2009/10", rate=15.6))
    assert sac.target_of("2009/10").in_number(sac.population) == 4746
    assert sac.target_of("2011/12") is None
    assert (every.name, every.types, every.population) == ("every", (), None)


def test_every_fault_of_a_table_is_named_at_once(tmp_path):
    path = tmp_path / "indicators.toml"
    path.write_text(
        'a = 1\n[indicators.x]\ntypes = ["no such type"]\ncolour = "red"\npopulation = 0\n'
        '[indicators.x.targets]\n"2026/27" = -1\n[indicators.x.rates]\n"2026/27" = nan\n'
        '[indicators.y]\nsources = "wardens"\npopulation = true\n',
        "utf-8",
    )
    with pytest.raises(ConfigError) as raised:
        read_indicators(path)
    for told in (
        "x: colour is not known",
        "'no such type'",
        "x: population",
        "targets of 2026/27",
        "rates of 2026/27",
        "a year has one target",
        "y: sources must be a list",
        "y: population",
    ):
        assert told in str(raised.value)


@pytest.mark.parametrize("text", ["", "indicators = 3", "[indicators]", "[indicators", "\x00"])
def test_a_file_that_is_no_table_is_refused(tmp_path, text):
    path = tmp_path / "indicators.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"indicators\.toml was asked for"):
        read_indicators(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_indicators(tmp_path / "nowhere.toml")


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**4), min_size=1).filter(any))
def test_milestones_never_fall_and_end_at_the_target(target, shares):
    found = milestones(target, shares)
    assert list(found) == sorted(found)
    assert len(found) == len(shares)
    assert found[-1] == target


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1, 2]])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(ParameterError, match="numbers from 0"):
        milestones(10, shares)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((3, 4, 0, 0), "4 of 3 applications"),
        ((3, 0, 1, 2), "2 of 1 reviews"),
        ((-1, -1, 0, 0), "applications is -1"),
    ],
)
def test_case_reviews_that_contradict_themselves_are_refused(numbers, told):
    assert CaseReviews("2025/26", 3, 3, 2, 2).not_met == 3
    with pytest.raises(ParameterError, match=told):
        CaseReviews("2025/26", *numbers)
