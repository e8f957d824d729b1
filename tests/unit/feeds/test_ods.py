import zipfile

import pytest

from aim.errors import FeedFormatError
from aim.feeds import read_feed

NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text")
)


def cell(text="", kind="string", repeated=1, **values):
    said = "".join(f' office:{name}-value="{value}"' for name, value in values.items())
    said = said.replace("office:float-value", "office:value")
    return (
        f'<table:table-cell office:value-type="{kind}"{said}'
        f' table:number-columns-repeated="{repeated}"><text:p>{text}</text:p></table:table-cell>'
    )


def row(*cells, repeated=1):
    start = f'<table:table-row table:number-rows-repeated="{repeated}">'
    return f"{start}{''.join(cells)}</table:table-row>"


def write(tmp_path, *rows, before=""):
    path = tmp_path / "jobs.ods"
    sheets = f'<table:table table:name="Cover"/><table:table table:name="Jobs">{"".join(rows)}'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml", f"{before}<office:x {NAMES}>{sheets}</table:table></office:x>"
        )
    return path


HEADER = row(*map(cell, ("Job No", "Date", "Time", "Category", "Easting", "Northing")))
JOB = row(
    cell("1", "float", float="1"),
    cell("1 Apr", "date", date="2026-04-01"),
    cell("22:15", "time", time="PT22H15M00S"),
    cell("Noise"),
    cell("449,000", "float", float="449000"),
    cell("520,000", "float", float="520000.0"),
)
BLANK = cell(repeated=16_000)


def test_a_sheet_is_read_as_a_csv_would_be(tmp_path):
    path = write(tmp_path, row(cell("Jobs")), HEADER, JOB, row(BLANK, repeated=1_000_000))
    result = read_feed("wardens", path)
    one = result.incidents.loc[3]
    assert [one["source_ref"], one["easting"], one["northing"]] == ["1", 449000, 520000]
    assert str(one["occurred_from"]) == "2026-04-01 21:15:00+00:00"
    assert (len(result.incidents), len(result.rejected)) == (1, 0)


def test_blank_rows_between_keep_their_numbers_and_repeats_are_rows(tmp_path):
    again = row(cell(), cell("2 Apr", "date", date="2026-04-02T10:05:00"), cell(), cell("Noise"))
    again = again.replace('rows-repeated="1"', 'rows-repeated="2"')
    result = read_feed(
        "wardens",
        write(
            tmp_path,
            HEADER,
            row(BLANK),
            again.replace("</table:table-row>", cell("450000") + "</table:table-row>"),
        ),
    )
    assert result.rejected["row"].tolist() == [2]
    assert result.incidents.index.tolist() == [3, 4]
    assert result.incidents["time_precision"].tolist() == ["minute", "minute"]


@pytest.mark.parametrize("before", ["<", '<!DOCTYPE a [<!ENTITY b "b">]>'])
def test_a_damaged_workbook_is_refused(tmp_path, before):
    with pytest.raises(FeedFormatError, match="workbook is damaged"):
        read_feed("wardens", write(tmp_path, HEADER, JOB, before=before))
