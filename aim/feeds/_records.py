"""Files of records, JSON and XML, laid out as the table they stand for.

A record is a row, a name is a header; names inside names are joined with a space, so that
``{"location": {"latitude": "54.57"}}`` has the header ``location latitude``. Numbers stay the text
they were delivered as. The first record is row 2, as it would be below a header.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from aim.errors import FeedFormatError
from aim.feeds._files import Content

Row = list[str]

_LISTS = ("service_requests", "features", "results", "reports", "requests", "records", "data")
_UNQUOTED_CODE = re.compile(r"(:\s*)(0\d+)(?=\s*[,}\]])")
_STATUS_LINE = re.compile(rb"HTTP/\d[\d.]* \d{3}[^\r\n]*")
_NOT_POINTS = {
    "LineString": "lines",
    "MultiLineString": "lines",
    "MultiPolygon": "areas",
    "Polygon": "areas",
}
_DEEPEST = 6  # names inside names
_PAIR = 2
_SURELY_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*"')
_ENTITIES = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_WEB_PAGE = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)


def looks_like_records(text: str) -> bool:
    """Tell whether a text begins as JSON or XML does.

    Examples
    --------
    >>> looks_like_records(' [{"a": 1}]'), looks_like_records("Date,Place")
    (True, False)
    """
    return text.lstrip()[:1] in {"[", "{", "<"}


def refuse_answers(content: Content, feed: str) -> None:
    """Refuse what a server says instead of data: its status line stands above the body.

    Raises
    ------
    FeedFormatError
        The file begins with a status line.
    """
    if found := _STATUS_LINE.match(content.data):
        said = found[0].decode("ascii", "replace").strip()
        raise _wrong(content, feed, f"it is a server's answer, '{said}', and no data", "again")


def read_records(content: Content, text: str, feed: str) -> list[Row] | None:
    """Lay the records of a JSON or XML text out as a header and rows.

    Returns
    -------
    list or None
        The header first; what is no record is an empty row; a list with no record gives no header
        and an empty list. None where
        the text is neither JSON nor XML and its name does not claim it is.

    Raises
    ------
    FeedFormatError
        The text is damaged, a web page, a server's error or holds no list of records.
    """
    if _WEB_PAGE.match(text):
        raise _wrong(content, feed, "it is a web page", "as a file of data")
    is_xml = text.lstrip().startswith("<")
    try:
        records = _xml_records(content, text, feed) if is_xml else _json_records(text)
    except (ValueError, RecursionError, ET.ParseError) as error:
        if not (is_xml or _SURELY_JSON.match(text) or content.name.lower().endswith("json")):
            return None
        kind = "XML" if is_xml else "JSON"
        raise _wrong(content, feed, f"it is damaged {kind} ({error})", "again") from error
    if records is None:
        raise _wrong(content, feed, "it holds no list of records", "as a list of records")
    if drawn := _drawn_as(records):
        raise _wrong(content, feed, f"these are {drawn}, not incidents", "as points")
    return _grid(records)


def _drawn_as(records: list[Any]) -> str:
    """Return what features are of which none is a point, empty for all else."""
    shapes = [one.get("geometry") for one in records if isinstance(one, Mapping)]
    kinds = {str(one.get("type")) for one in shapes if isinstance(one, Mapping)}
    if not kinds or not kinds <= _NOT_POINTS.keys():
        return ""
    return _NOT_POINTS[min(kinds)]


def _wrong(content: Content, feed: str, found: str, how: str) -> FeedFormatError:
    return FeedFormatError(
        f"{content.name} was asked for as {feed}; {found}. Ask the sender for it {how}."
    )


def _json_records(text: str) -> list[Any] | None:
    try:
        whole = _load(text)
    except ValueError:
        whole = _load(_UNQUOTED_CODE.sub(r'\1"\2"', text))  # codes such as 001 without quotes
    if isinstance(whole, list):
        return whole
    lists = [whole[name] for name in _LISTS if isinstance(whole.get(name), list)]
    if lists:
        return list(lists[0])
    return None if {"error", "errors", "code"} & set(whole) else [whole]


def _load(text: str) -> Any:
    whole = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    if not isinstance(whole, list | dict):
        raise ValueError("neither a list nor an object")  # noqa: TRY004 - of the text, not a type
    return whole


def _xml_records(content: Content, text: str, feed: str) -> list[Any] | None:
    if _ENTITIES.search(text):
        raise _wrong(content, feed, "it is XML with entities of its own", "without them")
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)  # it may name another encoding than it has
    root = ET.fromstring(body)  # noqa: S314 - entities are refused above
    if _local(root.tag) in {"error", "errors"}:
        said = " ".join("".join(root.itertext()).split())[:80]
        raise _wrong(content, feed, f"it is a server's error ('{said}')", "again")
    if not len(root):
        return [] if _local(root.tag) == "service_requests" else None
    tags = {_local(child.tag) for child in root}
    return [_element(child) for child in root] if len(tags) == 1 else [_element(root)]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _element(element: ET.Element, depth: int = 0) -> Any:
    if not len(element) or depth >= _DEEPEST:
        return element.text or ""
    return {_local(child.tag): _element(child, depth + 1) for child in element}


def _grid(records: Iterable[Any]) -> list[Row]:
    flat = [_flatten(record) for record in records]
    header = list(dict.fromkeys(name for record in flat for name in record))
    rows = [[record.get(name, "") for name in header] if record else [] for record in flat]
    return [header, *rows] if flat else []


def _flatten(record: Any) -> dict[str, str]:
    """Lay a record out flat; what is no record is empty."""
    if not isinstance(record, Mapping):
        return {}
    cells: dict[str, str] = {}
    if record.get("type") == "Feature":
        _add_cells(cells, record.get("properties"), "", 0)
        _add_point(cells, record.get("geometry"))
    else:
        _add_cells(cells, record, "", 0)
    return cells


def _add_cells(cells: dict[str, str], values: Any, before: str, depth: int) -> None:
    if not isinstance(values, Mapping):
        return
    for name, value in values.items():
        header = f"{before} {name}".strip()
        if isinstance(value, Mapping) and depth < _DEEPEST:
            _add_cells(cells, value, header, depth + 1)
        else:
            cells[header] = _write(value)


def _add_point(cells: dict[str, str], geometry: Any) -> None:
    if not isinstance(geometry, Mapping) or geometry.get("type") != "Point":
        return
    place = geometry.get("coordinates")
    if isinstance(place, list) and len(place) >= _PAIR:
        cells["longitude"], cells["latitude"] = _write(place[0]), _write(place[1])


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list):
        return ", ".join(_write(one) for one in value if not isinstance(one, Mapping | list))
    return "" if value is None or isinstance(value, Mapping) else str(value)
