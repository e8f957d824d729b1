"""The suite itself: one that has nothing to read is refused, not passed over."""

import pytest

from aim.testing.feeds import FeedSuite


def test_a_suite_without_a_sample_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="Forgotten lacks `write_sample`"):
        type("Forgotten", (FeedSuite,), {})
