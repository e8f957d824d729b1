"""Files damaged byte by byte: read, or refused in one clear line; never a traceback or a hang."""

import gzip
import random
import time
import tracemalloc

import pytest

from aim.errors import FeedError
from aim.feeds import read_feed

pytestmark = [pytest.mark.real_data, pytest.mark.slow]
MUTATIONS = 2_000
MOST_SECONDS, MOST_BYTES = 5.0, 300 * 2**20
LINES = 40
WEIGHED = 25  # weighing is slow: every so many are
FILES = (
    ("police-uk", "police/cleveland/2018-10-cleveland-street.csv.gz"),
    ("police-uk", "police/northumbria/2020-05-northumbria-stop-and-search.csv.gz"),
    ("police-uk", "police/odd/odd_rows_2018.csv"),
    ("police-uk", "police/api/crimes-street-all-crime-2014-08.json"),
    ("open311", "open311/service_requests.xml"),
    ("open311", "open311/services.xml"),
    ("table", "council/fixmystreet_lsoa_counts_cleveland_2018-10_2019-02.csv"),
    ("table", "police/odd/odd_rows_2018.csv"),
)


def head_of(path):
    """Return the first lines of a file, out of its wrapping; a file of one line whole."""
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return b"".join(data.splitlines(keepends=True)[:LINES])


def mutate(data, rng):
    """Change, drop, double or exchange bytes in up to five places, or wrap and damage."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 5)):
        at, length = rng.randrange(len(changed) + 1), rng.randint(1, 40)
        match rng.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length] * rng.randint(1, 20)
            case 3:
                changed[at:at] = rng.choice(
                    [b'"', b"\n", b"\r", b"\x00", b",,", b"\xff", b"<", b"["]
                )
            case _:
                del changed[at:]
    whole = bytes(changed)
    return gzip.compress(whole, 1)[: rng.choice([None, 40])] if rng.random() < 0.05 else whole


@pytest.mark.parametrize(("feed", "name"), FILES)
def test_a_damaged_file_is_read_or_refused(real_data, tmp_path, feed, name):
    rng = random.Random(f"{feed} {name}")
    data = head_of(real_data / name)
    path = tmp_path / "damaged.csv"
    for number in range(MUTATIONS // len(FILES)):
        path.write_bytes(mutate(data, rng))
        started = time.perf_counter()
        peak = peak_of(feed, path) if number % WEIGHED == 0 else read_or_refuse(feed, path)
        assert time.perf_counter() - started < MOST_SECONDS
        assert (peak or 0) < MOST_BYTES


def peak_of(feed, path):
    tracemalloc.start()
    try:
        read_or_refuse(feed, path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def read_or_refuse(feed, path):
    try:
        result = read_feed(feed, path)
    except FeedError as error:
        hold_one_line(str(error))
        return
    rows = [*result.incidents.index, *result.rejected["row"]]
    assert len(set(rows)) == len(rows)
    assert (result.rejected["reason"] != "").all()
    assert result.incidents["incident_id"].is_unique


def hold_one_line(message):
    assert message
    assert "\n" not in message
