"""Forms of the pages: small, plain, and read here alone; some bring a file."""

import re
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from aim.errors import ParameterError

MOST_BYTES = 20_000
MOST_FIELDS = 50
_ENCODED = "application/x-www-form-urlencoded"
_IN_PARTS = "multipart/form-data"
_BOUNDARY = re.compile(r"""boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)
_NAME = re.compile(rb'[; ]name="([^"\r\n]*)"')
_FILE_NAME = re.compile(rb'[; ]filename="([^"\r\n]*)"')


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file somebody chose in a form: what they call it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SentForm:
    """What a form brought: its fields, and the files that were chosen, by field."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, SentFile] = field(default_factory=dict)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form a page of the hub sent, the last of a name counting.

    Raises
    ------
    ParameterError
        It is no such form, or longer than any page of the hub sends.
    """
    kind = _kind_of(request)
    if kind != _ENCODED:
        raise ParameterError(
            f"This address takes a page's form ({_ENCODED}), found {kind or 'nothing'}."
        )
    return _read_fields(await _read_body(request, MOST_BYTES))


async def read_sent_form(request: Request) -> SentForm:
    """Return the fields and the files of a form, also of one that brings no file.

    How much a form with a file may bring is settled where bodies are taken in.

    Raises
    ------
    ParameterError
        It is no such form, or its fields are longer than any page of the hub sends.
    """
    if _kind_of(request) != _IN_PARTS:
        return SentForm(await read_form(request))
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    if boundary is None:
        raise ParameterError("The form could not be read: its parts have no boundary.")
    mark = (boundary[1] or boundary[2]).encode("ascii", "replace")
    return read_parts(await _read_body(request, None), mark)


def read_parts(body: bytes, mark: bytes) -> SentForm:
    r"""Part a form that brings files; a file field nothing was chosen in is left out.

    Examples
    --------
    >>> head = b'Content-Disposition: form-data; name="told"'
    >>> read_parts(b"--x\r\n" + head + b"\r\n\r\nSo.\r\n--x--\r\n", b"x").fields
    {'told': 'So.'}
    """
    parts = (b"\r\n" + body).split(b"\r\n--" + mark)[1:]
    if len(parts) > MOST_FIELDS:
        raise ParameterError(f"The form has more than {MOST_FIELDS} fields.")
    form = SentForm()
    for part in parts:
        head, between, content = part.partition(b"\r\n\r\n")
        name, file_name = _NAME.search(head), _FILE_NAME.search(head)
        if not between or name is None:
            continue
        key = _text(name[1])
        if file_name is None:
            form.fields[key] = _text(content)
        elif file_name[1]:
            form.files[key] = SentFile(_base_name(_text(file_name[1])), content)
    if sum(map(len, form.fields.values())) > MOST_BYTES:
        raise _too_long()
    return form


def _kind_of(request: Request) -> str:
    kind: str = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    return kind


async def _read_body(request: Request, most: int | None) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if most is not None and len(body) > most:
            raise _too_long()
    return bytes(body)


def _too_long() -> ParameterError:
    return ParameterError(f"The form is longer than {MOST_BYTES:,} bytes; shorten the text.")


def _read_fields(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ParameterError(f"The form could not be read: {error}.") from error
    return dict(fields)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParameterError(f"The form could not be read: {error}.") from error


def _base_name(path: str) -> str:
    """Return a file's own name; some browsers send the folders it came from."""
    return path.replace("\\", "/").rpartition("/")[2]


FormDep = Annotated[dict[str, str], Depends(read_form)]
SentFormDep = Annotated[SentForm, Depends(read_sent_form)]
