"""The one place that makes text from people harmless in a spreadsheet or a terminal."""

import re

# A cell that begins so is taken for a formula. Apostrophes before it count too, so that taking
# one apostrophe away always gives the sender's text back.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - the wide forms are the danger
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - as above


def escape_cell(value: object) -> object:
    """Put an apostrophe before text a spreadsheet would run; leave everything else as it is.

    Parameters
    ----------
    value
        A cell. Only text can be dangerous: numbers stay numbers.

    Examples
    --------
    >>> escape_cell("=1+1"), escape_cell("High Street"), escape_cell(-3)
    ("'=1+1", 'High Street', -3)
    """
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def unescape_cell(value: object) -> object:
    """Take back what ``escape_cell`` did.

    Examples
    --------
    >>> unescape_cell(escape_cell("-12")), unescape_cell("'Tis")
    ('-12', "'Tis")
    """
    return value[1:] if isinstance(value, str) and _ESCAPED.match(value) else value


def printable(text: str) -> str:
    r"""Replace letters that would move a terminal's cursor, ring its bell or change its colours.

    Examples
    --------
    >>> printable("High\x1b[31m Street")
    'High?[31m Street'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text)
