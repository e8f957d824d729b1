"""The contract suite of feeds: subclass ``FeedSuite`` and let pytest run it.

A plug-in writer proves a feed with the promises ours keep::

    class TestMyFeed(FeedSuite):
        feed = my_package.FEED
        rows = 3
        personal = ("Jo Bloggs", "01632 960123")

        def write_sample(self, folder):
            path = folder / "mine.csv"
            path.write_text(SAMPLE, encoding="utf-8")
            return path
"""

from abc import ABC, abstractmethod
from pathlib import Path

import pandas as pd
import pytest

from aim.errors import FeedError, FeedFormatError
from aim.feeds import Asked, Feed
from aim.model.incidents import (
    DTYPES,
    INCIDENT_COLUMNS,
    REJECTED_COLUMNS,
    FeedResult,
    PlacePrecision,
    Qualifier,
)
from aim.model.types import read_taxonomy, slug_of

_ID_DIGITS = 32


def hold(promise: object, words: str) -> None:
    """Fail a test with words where a promise does not hold.

    Raises
    ------
    AssertionError
        The promise does not hold.

    Examples
    --------
    >>> hold(True, "never said")
    """
    if not promise:
        raise AssertionError(words)


class FeedSuite(ABC):
    """Promises every feed keeps.

    A subclass without ``write_sample`` is refused where it is written: an abstract class would be
    passed over in silence when tests are gathered.

    Attributes
    ----------
    feed
        The feed to prove.
    rows
        How many rows ``write_sample`` writes, counting rows that must be rejected.
    personal
        Texts in the sample that must never come out.
    """

    feed: Feed
    rows: int
    personal: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        """Refuse a suite that has nothing to read.

        Raises
        ------
        TypeError
            It does not say how a sample is written.
        """
        super().__init_subclass__()
        if cls.write_sample is FeedSuite.write_sample:
            raise TypeError(
                f"{cls.__name__} lacks `write_sample`: write a file of at least three rows, good"
                " and bad, and return its path."
            )

    @abstractmethod
    def write_sample(self, folder: Path) -> Path:
        """Write a sample file of at least three rows, good and bad, and return its path."""

    def read(self, folder: Path, asked: Asked | None = None) -> FeedResult:
        """Read a fresh sample."""
        return self.feed.read(self.write_sample(folder), asked or Asked())

    def test_it_says_what_it_is(self) -> None:
        """Name, title, kinds of file and columns are there for people to read."""
        hold(isinstance(self.feed, Feed), "the feed lacks a part of aim.feeds.Feed")
        hold(slug_of(self.feed.name) == self.feed.name, f"{self.feed.name!r} is not a slug")
        hold(self.feed.title and self.feed.reads, "title or reads is blank")
        named = {header for group in self.feed.needed for header in group.split(" or ")}
        hold(named, "no column is needed: any file would pass as this feed")
        hold(named <= set(self.feed.columns), "a needed column is not among the columns")

    def test_frames_are_as_declared(self, tmp_path: Path) -> None:
        """Both frames have the declared columns, order and types."""
        result = self.read(tmp_path)
        kinds = {name: str(kind) for name, kind in result.incidents.dtypes.items()}
        hold(kinds == {name: str(kind) for name, kind in DTYPES.items()}, f"found {kinds}")
        hold(list(kinds) == list(DTYPES), f"the columns are in the order {list(kinds)}")
        hold(result.incidents.index.name == "row", "the index of incidents is not `row`")
        hold(tuple(result.rejected.columns) == REJECTED_COLUMNS, "rejected has other columns")

    def test_every_row_is_kept_or_explained(self, tmp_path: Path) -> None:
        """No row is lost, none is in both frames, every refusal has a reason."""
        result = self.read(tmp_path)
        found = [*result.incidents.index, *result.rejected["row"]]
        hold(len(found) == self.rows, f"{self.rows} rows went in, {len(found)} came out")
        hold(len(set(found)) == len(found), "a row came out twice")
        hold((result.rejected["reason"].fillna("") != "").all(), "a rejected row has no reason")

    def test_words_are_of_the_vocabulary(self, tmp_path: Path) -> None:
        """Words of fixed lists are of those lists; types are slugs of the taxonomy."""
        incidents = self.read(tmp_path).incidents
        for column in INCIDENT_COLUMNS:
            if column.words is not None:
                strange = set(incidents[column.name]) - {word.value for word in column.words}
                hold(not strange, f"{column.name} holds {strange}")
        strange = set(incidents["incident_type"]) - set(read_taxonomy().types)
        hold(not strange, f"incident_type holds {strange}")
        said = {word for words in incidents["qualifiers"] for word in words.split()}
        hold(said <= {word.value for word in Qualifier}, f"qualifiers holds {said}")
        hold((incidents["feed"] == self.feed.name).all(), "feed is not the feed's own name")

    def test_intervals_and_positions_are_whole(self, tmp_path: Path) -> None:
        """Every interval has a length; a position is whole or absent, as its precision says."""
        incidents = self.read(tmp_path).incidents
        hold((incidents["occurred_from"] < incidents["occurred_to"]).all(), "an interval is empty")
        numbers = incidents[["lon", "lat", "easting", "northing"]].notna()
        hold((numbers.sum(axis=1).isin([0, 4])).all(), "half a position")
        none = incidents["place_precision"] == PlacePrecision.NONE.value
        hold((none == ~numbers["lon"]).all(), "place_precision does not match the position")

    def test_identities_are_distinct_and_lasting(self, tmp_path: Path) -> None:
        """Ids are 32 digits, distinct, the same at each reading, others under another key."""
        first, again = (self.read(tmp_path).incidents["incident_id"] for _ in range(2))
        hold(first.str.fullmatch(rf"[0-9a-f]{{{_ID_DIGITS}}}").all(), "an id is not 32 digits")
        hold(first.is_unique, "two rows have one id")
        hold(first.equals(again), "a second reading gives other ids")
        other = self.read(tmp_path, Asked(key=b"another")).incidents["incident_id"]
        hold(not set(first) & set(other), "the key does not change the ids")

    def test_source_and_agency_can_be_given(self, tmp_path: Path) -> None:
        """A source and agency given by the caller stand on every row; a source is identity."""
        given = self.read(tmp_path, Asked(source="north", agency="council")).incidents
        hold(set(given["source"]) == {"north"}, "source was not taken")
        hold(set(given["agency"]) == {"council"}, "agency was not taken")
        plain = self.read(tmp_path).incidents
        hold(not set(plain["incident_id"]) & set(given["incident_id"]), "source is not identity")
        hold(plain["agency"].notna().all(), "agency is missing where none was given")

    def test_personal_text_never_comes_out(self, tmp_path: Path) -> None:
        """No personal text of the sample is in any frame or note."""
        result = self.read(tmp_path)
        frames: list[pd.DataFrame] = [result.incidents, result.rejected]
        written = "\n".join([*(frame.to_csv() for frame in frames), *result.notes])
        leaked = [text for text in self.personal if text in written]
        hold(not leaked, f"{leaked} came out")

    def test_progress_rises_to_the_end(self, tmp_path: Path) -> None:
        """Progress never falls and ends at 1.0."""
        shares: list[float] = []
        self.read(tmp_path, Asked(progress=shares.append))
        hold(shares and shares[-1] == 1.0, f"progress ended at {shares[-1:]}")
        hold(shares == sorted(shares), f"progress fell: {shares}")

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        """A file that is not there is an error that names it."""
        with pytest.raises(FeedError, match="nowhere"):
            self.feed.read(tmp_path / "nowhere.csv", Asked())

    @pytest.mark.parametrize(
        "data", [b"", b"\n \n", bytes(range(256)) * 8, b"%PDF-1.7\n", b"a,b\n1,2\n"]
    )
    def test_a_file_that_is_not_this_feed_is_refused(self, tmp_path: Path, data: bytes) -> None:
        """Empty, binary and strange files are errors, never an empty result."""
        path = tmp_path / "strange.csv"
        path.write_bytes(data)
        with pytest.raises(FeedFormatError, match=r"strange\.csv"):
            self.feed.read(path, Asked())
