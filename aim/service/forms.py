"""Forms of the pages: small, plain, and read here alone."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from aim.errors import ParameterError

MOST_BYTES = 20_000
MOST_FIELDS = 50
_ENCODED = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form a page of the hub sent, the last of a name counting.

    Raises
    ------
    ParameterError
        It is no such form, or longer than any page of the hub sends.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != _ENCODED:
        raise ParameterError(
            f"This address takes a page's form ({_ENCODED}), found {kind or 'nothing'}."
        )
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise ParameterError(f"The form is longer than {MOST_BYTES:,} bytes; shorten the text.")
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ParameterError(f"The form could not be read: {error}.") from error
    return dict(fields)


FormDep = Annotated[dict[str, str], Depends(read_form)]
