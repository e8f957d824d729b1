"""Incident frames become stored rows and back; a hash tells whether a content changed.

The hash covers the declared columns except `batch_id`: seconds of time, ten-millionths of a
degree, millimetres. Machines whose projection differs in the last bit agree.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.errors import ParameterError
from aim.model.incidents import DTYPES, TIMES, TimePrecision, check_incidents
from aim.model.times import LONDON
from aim.store.tables import CONTENT_COLUMNS

Ids = npt.NDArray[np.bytes_]
Hashes = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]
Rows = list[tuple[Any, ...]]

ID_BYTES, HEX_DIGITS = 16, 32
NEVER_MISSING = (
    *("incident_id", "source", "feed", "agency", "incident_type", "sensitivity"),
    *("occurred_from", "occurred_to", "time_precision", "place_precision"),
)
_DAY_S = 86_400
_THURSDAY = 3  # 1970-01-01 was one; Monday is 0
_UNITS = {"lon": 1e7, "lat": 1e7, "easting": 1e3, "northing": 1e3}
_MISSING = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)
_LOOKED_AT = 100
_AT_ONCE = 2  # counting numbers leaves the interpreter's lock to others
_MISSING_INT = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Values:
    """A column of plain values, each distinct one kept once; ``words`` ends with None, missing."""

    codes: npt.NDArray[np.int32]
    words: npt.NDArray[np.object_]

    def take(self, chosen: npt.NDArray[Any]) -> "Values":
        """Return some of the values, by position."""
        if len(self.codes) and (self.codes == self.codes[0]).all():  # quicker seen than picked
            return Values(np.full(len(chosen), self.codes[0]), self.words)
        return Values(self.codes[chosen], self.words)

    def tolist(self) -> list[Any]:
        """Return the values row by row, missing as None."""
        listed: list[Any] = self.words[self.codes].tolist()
        return listed

    def distinct(self) -> list[Any]:
        """Return the values there are, each once; None among them where one is missing."""
        there = np.zeros(len(self.words), np.bool_)
        there[self.codes] = True  # code -1 is the last word, None
        listed: list[Any] = self.words[there].tolist()
        return listed


@dataclass(frozen=True, slots=True)
class Contents:
    """A delivery's rows ready to be written, sorted by id, each id once.

    ``columns`` holds the values of each of ``CONTENT_COLUMNS``.
    ``superseded`` are rows that a later row of the same delivery replaced.
    """

    ids: Ids
    hashes: Hashes
    columns: Mapping[str, Values]
    superseded: "Contents | None" = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ids)

    def take(self, chosen: npt.NDArray[Any]) -> "Contents":
        """Return some of the rows, by mask or position."""
        if chosen.dtype == np.bool_:
            if chosen.all():
                return self
            chosen = np.flatnonzero(chosen)
        return Contents(
            self.ids[chosen],
            self.hashes[chosen],
            {name: values.take(chosen) for name, values in self.columns.items()},
        )

    def lists(self, names: Sequence[str] = CONTENT_COLUMNS) -> list[list[Any]]:
        """Return content columns in the order asked, as plain values."""
        return [self.columns[name].tolist() for name in names]


def ids_from_hex(texts: Iterable[str]) -> Ids:
    """Read 32 hexadecimal digits each as 16 bytes.

    Raises
    ------
    ParameterError
        A text is something else.

    Examples
    --------
    >>> ids_from_hex(["00" * 15 + "ff"]).tolist()[0][-1]
    255
    """
    listed = list(texts)
    raw = _from_hex("".join(listed))
    if raw is None or not set(map(len, listed)) <= {HEX_DIGITS}:
        wrong = next((text for text in listed if len(text) != HEX_DIGITS), "others")
        raise ParameterError(
            f"`incident_id` must be {HEX_DIGITS} small hexadecimal digits, found"
            f" {wrong!r}; read the incidents with aim.read_feed."
        )
    return np.frombuffer(raw, f"S{ID_BYTES}")


def _from_hex(digits: str) -> bytes | None:
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        return None
    return raw if raw.hex() == digits else None  # it also takes capitals and spaces


def ids_to_hex(ids: Iterable[bytes]) -> list[str]:
    """Write 16 bytes each as 32 hexadecimal digits.

    Examples
    --------
    >>> ids_to_hex([bytes(16)])
    ['00000000000000000000000000000000']
    """
    digits = b"".join(ids).hex()
    return [digits[start : start + HEX_DIGITS] for start in range(0, len(digits), HEX_DIGITS)]


def ids_to_bytes(ids: Ids) -> list[bytes]:
    """Return ids as bytes; numpy's own would drop zeros at the end."""
    raw = ids.tobytes()
    return [raw[start : start + ID_BYTES] for start in range(0, len(raw), ID_BYTES)]


def ids_from_bytes(ids: Sequence[bytes]) -> Ids:
    """Return bytes as an array of ids."""
    return np.frombuffer(b"".join(ids), f"S{ID_BYTES}")


def prepare(incidents: pd.DataFrame) -> Contents:
    """Turn a frame of incidents into rows to be written.

    Raises
    ------
    ParameterError
        A column is absent, an id is none, or a value that must be there is missing.
    """
    check_incidents(incidents)
    columns: dict[str, Values] = {}
    hashes = np.zeros(len(incidents), np.uint64)
    names = sorted(set(DTYPES) - {"incident_id", "batch_id"})
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        read = pool.map(_read_column, names, (incidents[name] for name in names))
        for name, (values, marks) in zip(names, read, strict=True):
            columns[name] = values
            hashes *= _STIR
            hashes ^= marks
            _stir(hashes)
    _refuse_missing(incidents["incident_id"], columns)
    # As objects first: a column of texts gives its values one by one, ten times slower.
    ids = ids_from_hex(incidents["incident_id"].to_numpy(dtype=object).tolist())
    columns |= _london_columns(columns)
    signed = hashes.view(np.int64)
    signed[signed == 0] = 1  # nought stands for "whatever it was" in a manifest
    return _last_of_each(Contents(ids, signed, columns).take(_order_of(ids)))


def _order_of(ids: Ids) -> npt.NDArray[np.intp]:
    """Return the order of ids, equal ones as they stand; numbers sort quicker than bytes."""
    halves = ids.view(">u8").reshape(-1, 2).astype(np.uint64)
    order = np.argsort(halves[:, 0])
    upper = halves[order, 0]
    if (upper[1:] == upper[:-1]).any():
        return np.lexsort((halves[:, 1], halves[:, 0]))
    return order


def _last_of_each(contents: Contents) -> Contents:
    """Keep the last row of each id, the earlier ones apart."""
    if len(contents) == 0:
        return contents
    last = np.append(contents.ids[1:] != contents.ids[:-1], [True])
    if last.all():
        return contents
    kept = contents.take(last)
    return Contents(kept.ids, kept.hashes, kept.columns, superseded=contents.take(~last))


def _refuse_missing(ids: pd.Series, columns: Mapping[str, Values]) -> None:
    lacking = {name: bool((values.codes < 0).any()) for name, values in columns.items()}
    lacking["incident_id"] = bool(ids.isna().any())
    missing = [name for name in NEVER_MISSING if lacking[name]]
    if missing:
        raise ParameterError(
            f"An incident must have {', '.join(NEVER_MISSING)};"
            f" some lack {', '.join(missing)}. Reject those rows instead."
        )


def _read_column(name: str, values: pd.Series) -> tuple[Values, npt.NDArray[np.uint64]]:
    """Return plain values and a mark for each, equal where the values are."""
    if DTYPES[name] == TIMES:
        seconds = epoch_seconds(values)
        return _coded(seconds, seconds == _MISSING_INT), _marks_of_ints(seconds)
    if DTYPES[name] == "float64":
        numbers = values.to_numpy(np.float64)
        absent = np.isnan(numbers)
        fine = np.rint(np.where(absent, 0.0, numbers) * _UNITS[name]).astype(np.int64)
        marks = _marks_of_ints(np.where(absent, _MISSING_INT, fine))
        return _coded(numbers, absent), marks
    return _read_texts(values.fillna("") if name == "qualifiers" else values)


def _read_texts(values: pd.Series) -> tuple[Values, npt.NDArray[np.uint64]]:
    listed = values.to_numpy(dtype=object)
    one = _is_one_value(listed)
    codes, distinct = pd.factorize(listed[:1] if one else listed)
    words = with_none(distinct)
    marks = np.full(len(words), _MISSING)
    if len(distinct):
        marks[:-1] = pd.util.hash_array(words[:-1], categorize=False)
    if one:
        return Values(np.full(len(listed), codes[0], np.int32), words), marks[codes[:1]]
    return Values(codes.astype(np.int32), words), marks[codes]


def _is_one_value(listed: npt.NDArray[np.object_]) -> bool:
    """Tell whether all values are one object, as in most columns of most deliveries."""
    some = listed[:_LOOKED_AT].tolist()
    if not some or some.count(some[0]) < len(some):  # `count` asks for identity first
        return False
    return bool(listed.tolist().count(some[0]) == len(listed))


def _coded(numbers: npt.NDArray[Any], absent: npt.NDArray[np.bool_]) -> Values:
    codes, distinct = pd.factorize(numbers)
    codes[absent] = -1
    return Values(codes.astype(np.int32), with_none(distinct.astype(object)))


def with_none(distinct: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    """Return distinct values with None behind them, as ``Values.words`` has them."""
    words = np.empty(len(distinct) + 1, object)
    words[:-1] = distinct
    return words


def _marks_of_ints(values: Ints) -> npt.NDArray[np.uint64]:
    marks = values.view(np.uint64) ^ _MISSING
    _stir(marks)
    return marks


def _stir(marks: npt.NDArray[np.uint64]) -> None:
    """Spread what tells marks apart over all their bits, in place."""
    high = marks >> _SHIFT
    marks ^= high
    marks *= _STIR
    marks ^= np.right_shift(marks, _SHIFT, out=high)


def epoch_seconds(moments: pd.Series) -> Ints:
    """Return whole seconds since 1970 UTC; missing is the smallest number there is."""
    absent = moments.isna().to_numpy()
    stamps = moments.to_numpy(dtype="datetime64[us]")
    seconds = stamps.astype(np.int64) // 1_000_000
    return np.where(absent, _MISSING_INT, seconds)


def moments_of(seconds: Sequence[int | None]) -> pd.Series:
    """Return UTC moments of whole seconds since 1970; None is missing."""
    numbers = np.array(seconds, np.float64)
    absent = np.isnan(numbers)
    stamps = np.where(absent, 0, numbers).astype(np.int64) * 1_000_000
    moments = stamps.view("datetime64[us]").copy()
    moments[absent] = np.datetime64("NaT")
    return pd.Series(moments).dt.tz_localize("UTC")


def _london_columns(columns: Mapping[str, Values]) -> dict[str, Values]:
    """Derive the London days a row lies in, and hour and weekday where they are known.

    Worked out once for each combination of the times and the precision that there is.
    """
    said = [columns[name] for name in ("occurred_from", "occurred_to", "time_precision")]
    kinds, firsts = number_kinds(said)
    since, until, precision = (values.words[values.codes[firsts]] for values in said)
    monthly = precision == TimePrecision.MONTH.value
    starts = _london_seconds(since.astype(np.int64))
    ends = _london_seconds(until.astype(np.int64) - 1)
    first_day = starts // _DAY_S
    never = np.zeros(len(firsts), np.bool_)
    found = {
        "first_day": _coded(first_day, never),
        "last_day": _coded(np.where(monthly, ends // _DAY_S, first_day), never),
        "local_hour": _coded(starts % _DAY_S // 3600, precision != TimePrecision.MINUTE.value),
        "local_weekday": _coded((first_day + _THURSDAY) % 7, monthly),
    }
    return {name: values.take(kinds) for name, values in found.items()}


def number_kinds(
    columns: Sequence[Values],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Give each combination of values a number, and say where it stands first.

    Examples
    --------
    >>> words = with_none(np.array(["a", "b"], object))
    >>> said = Values(np.array([1, 0, 1], np.int32), words)
    >>> kinds, firsts = number_kinds([said, said])
    >>> kinds.tolist(), firsts.tolist()
    ([0, 1, 0], [0, 1])
    """
    kinds = np.zeros(len(columns[0].codes), np.int64)
    count = 0
    for values in columns:
        kinds, found = pd.factorize(kinds * len(values.words) + values.codes + 1)
        count = len(found)
    firsts = np.empty(count, np.intp)
    firsts[kinds[::-1]] = np.arange(len(kinds))[::-1]  # the first is written last
    return kinds, firsts


def _london_seconds(seconds: Ints) -> Ints:
    """Return what the London clock showed, as seconds since its own 1970-01-01 00:00."""
    codes, distinct = pd.factorize(seconds)
    moments = pd.DatetimeIndex(distinct.astype("datetime64[s]"), tz="UTC").tz_convert(LONDON)
    local = moments.tz_localize(None).to_numpy(dtype="datetime64[s]").astype(np.int64)
    shown: Ints = local[codes]
    return shown


def frame_of(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Build a frame of declared columns (and `ward_code`, a text) from rows of plain values."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pd.DataFrame(
        {name: _typed(name, column) for name, column in zip(names, values, strict=True)}
    )


def _typed(name: str, values: Sequence[Any]) -> "pd.Series[Any]":
    if name == "incident_id":
        return pd.Series(ids_to_hex(values), dtype="str")
    kind = DTYPES.get(name, "str")
    if kind == TIMES:
        return moments_of(values)
    return pd.Series(values, dtype=kind)


def to_payload(values: Sequence[Any]) -> str:
    """Write a row's content columns as JSON."""
    return json.dumps(
        dict(zip(CONTENT_COLUMNS, values, strict=True)), ensure_ascii=False, separators=(",", ":")
    )


def from_payload(payload: str) -> list[Any]:
    """Read a row's content columns; one that came later is missing."""
    held = json.loads(payload)
    return [held.get(name) for name in CONTENT_COLUMNS]
