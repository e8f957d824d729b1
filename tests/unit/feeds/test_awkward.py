"""Files as clerks really send them, one by one, as `tests/data/feeds/awkward.toml` lists them."""

import tomllib
from pathlib import Path

import pytest

from aim.errors import FeedFormatError
from aim.feeds import read_feed

FILES = tomllib.loads(
    (Path(__file__).parents[2] / "data/feeds/awkward.toml").read_text(encoding="utf-8")
)["file"]


def why(one):
    return one["why"]


def write(tmp_path, one):
    path = tmp_path / "delivery.csv"
    path.write_bytes(one["text"].encode("utf-8"))
    return path


@pytest.mark.parametrize("one", [one for one in FILES if "kept" in one], ids=why)
def test_an_awkward_file_is_kept_or_refused_row_by_row(tmp_path, one):
    result = read_feed(one["feed"], write(tmp_path, one))
    assert result.incidents.index.tolist() == one["kept"]
    assert result.rejected["row"].tolist() == one["refused"]
    assert (result.rejected["reason"] != "").all()


@pytest.mark.parametrize("one", [one for one in FILES if "error" in one], ids=why)
def test_an_awkward_file_that_is_no_delivery_is_refused_by_what_it_is(tmp_path, one):
    with pytest.raises(FeedFormatError) as refusal:
        read_feed(one["feed"], write(tmp_path, one))
    assert one["error"] in str(refusal.value)


def test_each_file_has_one_reason_to_exist():
    assert len(FILES) >= 50
    assert len({one["why"] for one in FILES}) == len(FILES)
