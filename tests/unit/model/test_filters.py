from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aim.errors import ParameterError
from aim.model.filters import AreaCode, Box, IncidentFilter, read_filter

WORDS = st.fixed_dictionaries(
    {},
    optional={
        "ward": st.lists(st.sampled_from(["E05099001", "E05099002"]), min_size=1, max_size=2),
        "ward-set": st.just("wards-2026"),
        "type": st.lists(st.sampled_from(["asb", "burglary", "Violent crime"]), min_size=1),
        "source": st.just("wardens"),
        "since": st.dates(date(2020, 1, 1), date(2022, 1, 1)).map(str),
        "until": st.dates(date(2022, 1, 2), date(2024, 1, 1)).map(str),
        "hours": st.tuples(st.integers(0, 23), st.integers(0, 23)).map(lambda h: f"{h[0]}-{h[1]}"),
        "days": st.lists(st.sampled_from(["mon", "Friday", "sun"]), min_size=1).map(",".join),
        "area": st.sampled_from(["-1.5,54,-1,54.5", "wards-2024:E05099003"]),
        "include-outside": st.sampled_from(["yes", "no", True, False]),
        "count-linked": st.sampled_from(["confirmed", "once", "as-reported"]),
    },
)


@given(WORDS)
def test_a_filter_written_out_reads_back_the_same(words):
    wanted = read_filter(words)
    assert read_filter(wanted.words()) == wanted


def test_hours_may_pass_midnight():
    assert read_filter({"hours": "20-04"}).hours == (20, 21, 22, 23, 0, 1, 2, 3)


def test_equal_hours_mean_the_whole_clock():
    assert len(read_filter({"hours": "6-6"}).hours) == 24


def test_a_day_of_filters_starts_and_ends_at_london_midnight():
    wanted = read_filter({"since": "2026-07-01", "until": "2026-07-02"})
    assert wanted.since_utc == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert wanted.until_utc == datetime(2026, 7, 1, 23, tzinfo=UTC)


def test_a_month_stands_for_its_first_day():
    assert read_filter({"since": "2026-04"}).since == date(2026, 4, 1)


def test_area_is_a_box_or_a_code_of_a_set():
    assert read_filter({"area": "-1.5,54,-1,54.5"}).area == Box(-1.5, 54, -1, 54.5)
    assert read_filter({"area": "lsoa-2021:E01012000"}).area == AreaCode("lsoa-2021", "E01012000")


def test_empty_words_count_as_not_given():
    assert read_filter({"ward": ["", " "], "type": None, "since": ""}) == IncidentFilter()


def test_underscores_stand_for_hyphens():
    assert read_filter({"include_outside": True}).include_outside


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"colour": "red"}, "Unknown filter colour"),
        ({"type": "zorbing"}, "No incident type or theme is called 'zorbing'"),
        ({"since": "31/02/2026"}, "`since` must be a date"),
        ({"since": "2026-05-01", "until": "2026-05-01"}, "must come after `since`"),
        ({"hours": "25-3"}, "`hours` must be two clock hours"),
        ({"days": "someday"}, "`days` takes mon"),
        ({"area": "1,2,3"}, "`area` must be west,south,east,north"),
        ({"area": "2,54,1,55"}, "is empty or off the globe"),
        ({"include-outside": "perhaps"}, "is yes or no"),
        ({"count-linked": "twice"}, "confirmed, once, as-reported"),
        ({"hours": ["1-2", "3-4"]}, "takes one value, found 2"),
    ],
)
def test_a_word_that_cannot_be_read_is_named(words, told):
    with pytest.raises(ParameterError, match=told):
        read_filter(words)


def test_a_theme_opens_into_its_types():
    types = read_filter({"type": ["asb", "burglary"]}).incident_types()
    assert {"anti-social-behaviour", "street-drinking", "burglary"} <= types
    assert "shoplifting" not in types
