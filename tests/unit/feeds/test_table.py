"""Awkward files: each is read, or refused with one clear line."""

import gzip
import io
import lzma
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from aim.errors import FeedError, FeedFormatError, UnknownFeedError
from aim.feeds import read_feed
from aim.feeds._table import write_cell


def at(*parts):
    return datetime(*parts)  # noqa: DTZ001 - a sheet has no zones


HEADER = "Job No,Date,Category,Location,Details"
ROWS = ("W1,01/04/2026,Flytip,High St,bags", "W2,02/04/2026,Noise,Café Row,loud")
PLAIN = "\n".join((HEADER, *ROWS))
MARK = b"\xff\xfe"


def read(tmp_path, data, name="jobs.csv", feed="wardens"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_feed(feed, path)


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


AWKWARD = {
    "plain": PLAIN.encode(),
    "mark": PLAIN.encode("utf-8-sig"),
    "windows": PLAIN.encode("cp1252"),
    "utf-16": PLAIN.encode("utf-16"),
    "utf-16 without mark": PLAIN.encode("utf-16-le"),
    "utf-16 big-endian": PLAIN.encode("utf-16-be"),
    "semicolon": PLAIN.replace(",", ";").encode(),
    "tab": PLAIN.replace(",", "\t").encode(),
    "bar": PLAIN.replace(",", "|").encode(),
    "crlf": PLAIN.replace("\n", "\r\n").encode(),
    "cr": PLAIN.replace("\n", "\r").encode(),
    "last line end": f"{PLAIN}\n".encode(),
    "blank rows at the end": f"{PLAIN}\n\n,,,,\n , ,,,\n".encode(),
    "trailing commas": PLAIN.replace("\n", ",,\n").encode(),
    "commas beyond the header in rows": PLAIN.replace("bags", "bags,,,").encode(),
    "quoted": PLAIN.replace("bags", '"bags, ""many"""').encode(),
    "spaces": PLAIN.replace(",", " , ").encode(),
    "header in capitals": PLAIN.replace(HEADER, HEADER.upper()).encode(),
    "header with points": PLAIN.replace("Job No", "Job No.").encode(),
    "columns in another order": b"Details,Location,Category,Date,Ref\n"
    + "bags,High St,Flytip,01/04/2026,W1\nloud,Café Row,Noise,02/04/2026,W2".encode(),
    "columns we do not know": PLAIN.replace("Job No", "Shoe size,Job No")
    .replace("W1", "9,W1")
    .replace("W2", "8,W2")
    .encode(),
    "gzip": gzip.compress(PLAIN.encode()),
    "xz": lzma.compress(PLAIN.encode()),
    "zip": zipped(**{"folder/jobs.csv": PLAIN}),
    "zip of gzip": zipped(**{"jobs.csv.gz": gzip.compress(PLAIN.encode())}),
    "control-z at the end": PLAIN.encode() + b"\n\x1a",
}


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
def test_however_a_file_is_kept_its_rows_are_read(tmp_path, data):
    result = read(tmp_path, data)
    assert result.incidents["source_ref"].tolist()[:2] == ["W1", "W2"]
    assert result.incidents["location_text"].tolist()[:2] == ["High St", "Café Row"]
    assert result.incidents.index.tolist()[:2] == [2, 3]
    assert len(result.rejected) == ("control-z" in str(data) or data.endswith(b"\x1a"))


def test_a_name_does_not_decide_what_a_file_is(tmp_path):
    assert len(read(tmp_path, gzip.compress(PLAIN.encode()), "jobs.xlsx").incidents) == 2


@pytest.mark.parametrize("above", [1, 3, 19])
def test_title_lines_above_the_header_are_passed_over(tmp_path, above):
    titles = 'Wardens\' jobs,,,,\n"Norbeck, invented"\n' + "\n" * 20
    text = "\n".join([*titles.split("\n")[:above], PLAIN])
    assert read(tmp_path, text).incidents.index.tolist() == [above + 2, above + 3]


def test_a_header_beyond_the_twentieth_line_is_not_found(tmp_path):
    with pytest.raises(FeedFormatError, match=r"jobs\.csv"):
        read(tmp_path, "\n" * 20 + PLAIN)


def test_stray_windows_bytes_in_utf8_are_read_one_by_one(tmp_path):
    data = PLAIN.encode() + "\nW3,03/04/2026,Noise,Café £9,x".encode("cp1252")
    result = read(tmp_path, data)
    assert result.incidents["location_text"].tolist()[1:] == ["Café Row", "Café £9"]
    assert "mixes encodings: 2 bytes" in result.notes[0]


def test_windows_text_alone_needs_no_note(tmp_path):
    assert read(tmp_path, PLAIN.encode("cp1252")).notes == ()


def test_a_byte_windows_leaves_undefined_is_kept(tmp_path):
    result = read(tmp_path, PLAIN.encode().replace(b"bags", b"b\x81gs"))
    assert result.incidents["description"].iloc[0] == "b\x81gs"


def test_null_bytes_deep_in_a_file_are_left_out(tmp_path):
    padding = "\n".join(f"P{at},01/04/2026,Noise,High St,{'x' * 200}" for at in range(50))
    result = read(tmp_path, f"{HEADER}\n{padding}\nW1,01/04/2026,No\x00ise,High St,".encode())
    assert result.incidents["incident_type"].iloc[-1] == "noise-nuisance"
    assert "null bytes" in result.notes[0]


def test_header_alone_is_no_row_and_no_error(tmp_path):
    result = read(tmp_path, HEADER)
    assert (len(result.incidents), len(result.rejected)) == (0, 0)


def test_blank_rows_between_are_refused_and_numbered(tmp_path):
    result = read(tmp_path, "\n".join((HEADER, ROWS[0], "", " ,,,,", ROWS[1])))
    assert result.rejected["row"].tolist() == [3, 4]
    assert set(result.rejected["reason"]) == {"The row is blank"}
    assert result.incidents.index.tolist() == [2, 5]


@pytest.mark.parametrize("extra", ["x", ",,,x", ",,,,,,,,,x"])
def test_a_row_with_more_cells_than_the_header_is_refused(tmp_path, extra):
    shifted = f"W3,03/04/2026,Noise,High St,loud,{extra}"
    result = read(tmp_path, f"{PLAIN}\n{shifted}")
    assert result.rejected["row"].tolist() == [4]
    assert result.rejected["reason"].iloc[0].startswith("Shifted columns:")
    assert result.rejected["cell"].tolist() == [""]
    assert len(result.incidents) == 2


def test_a_short_row_is_kept_with_what_it_has(tmp_path):
    result = read(tmp_path, f"{PLAIN}\nW3,03/04/2026,Noise")
    assert result.incidents["location_text"].isna().tolist() == [False, False, True]


def test_a_cell_may_hold_line_breaks(tmp_path):
    row = 'W3,03/04/2026,Noise,High St,"one, two\nthree, four\r\nfive"'
    result = read(tmp_path, "\n".join((HEADER, row, ROWS[0])))
    assert result.incidents["description"].iloc[0] == "one, two three, four five"
    assert result.incidents.index.tolist() == [2, 3]


@pytest.mark.parametrize("at", [0, 1])
def test_an_open_quotation_mark_swallows_no_row(tmp_path, at):
    rows = list(ROWS)
    rows[at] = rows[at].replace("High St", '"High St').replace("Café Row", '"Café Row')
    result = read(tmp_path, "\n".join((HEADER, *rows, "W3,03/04/2026,Noise,Low St,x")))
    assert result.incidents["source_ref"].tolist() == ["W1", "W2", "W3"]
    assert "never closed" in result.notes[0]


def test_a_stray_quotation_mark_inside_a_cell_is_a_letter(tmp_path):
    result = read(tmp_path, PLAIN.replace("bags", '5" pipe').replace("loud", '"a"b'))
    assert result.incidents["description"].tolist() == ['5" pipe', "ab"]


def test_a_stray_quotation_mark_parts_no_cell_of_two_lines(tmp_path):
    row = 'W3,03/04/2026,Noise,High St,"one\ntwo"'
    result = read(tmp_path, "\n".join((HEADER, row, ROWS[0].replace("bags", '"a"b'))))
    assert result.incidents["description"].tolist() == ["one two", "ab"]
    assert result.rejected.empty


def test_two_stray_quotation_marks_swallow_no_row(tmp_path):
    rows = [f'W{at},0{at}/04/2026,Noise,"High St,x' for at in range(1, 5)]
    result = read(tmp_path, "\n".join((HEADER, *rows)))
    assert len(result.incidents) == 4


REFUSED = {
    "empty": (b"", "it is empty"),
    "blank": (b" \r\n\t\n", "it is empty"),
    "mark alone": (b"\xef\xbb\xbf", "it is empty"),
    "binary": (bytes(range(256)), "binary"),
    "null in text": (b"Date,Cat\x00egory\n", "binary"),
    "noise": (bytes(range(1, 8)) + b"abc", "binary"),
    "pdf": (b"%PDF-1.7", "a PDF"),
    "picture": (b"\x89PNG\r\n", "a picture"),
    "photograph": (b"\xff\xd8\xff\xe0", "a picture"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + b"x" * 50, "old kind"),
    "cut gzip": (gzip.compress(PLAIN.encode())[:-12], "cut short"),
    "cut xz": (lzma.compress(PLAIN.encode())[:-12], "cut short"),
    "cut zip": (zipped(**{"a.csv": PLAIN})[:-30], "cut short"),
    "zip of nothing": (zipped(), "holds no table"),
    "zip of pictures": (zipped(**{"a.png": b"x"}), "holds no table"),
    "broken workbook": (zipped(**{"xl/workbook.xml": b"<"}), "damaged"),
    "police-uk": (b"Crime ID,Month,Longitude,Latitude,Crime type\n", "needs Date"),
    "no header": (b"hello,there\nold,friend\n", "nothing like a header"),
    "html": (b"<html><body>Sign in</body></html>", "a web page"),
    "counts": (b"Month,Ward,Reports\n", "counts, not incidents"),
    "another feed": (b"Month,Reported by,Crime type\n", "Load it as police-uk"),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED)
def test_a_bad_file_is_one_clear_line(tmp_path, data, said):
    with pytest.raises(FeedFormatError) as caught:
        read(tmp_path, data)
    message = str(caught.value)
    assert "jobs.csv" in message
    assert said in message
    assert "wardens" in message
    assert "\n" not in message


def test_a_missing_column_is_named_with_what_was_found(tmp_path):
    with pytest.raises(
        FeedFormatError, match=r"needs Category or Sub category; found Job No, Date,"
    ):
        read(tmp_path, "Job No,Date,Location\nW1,01/04/2026,High St")


@pytest.mark.parametrize(("length", "shown"), [(40, True), (41, False)])
def test_a_long_cell_is_not_shown_as_a_header(tmp_path, length, shown):
    with pytest.raises(FeedFormatError) as caught:
        read(tmp_path, f"Job No,Date,{'x' * length}\n")
    assert ("x" * length in str(caught.value)) is shown


def test_a_missing_file_and_a_folder_without_files_are_errors(tmp_path):
    with pytest.raises(FeedError, match="no such file"):
        read_feed("wardens", tmp_path / "gone.csv")
    with pytest.raises(FeedFormatError, match=r"ends in \.csv"):
        read_feed("wardens", tmp_path)
    with pytest.raises(FeedFormatError, match=r"-street\.csv"):
        read_feed("police-uk", tmp_path)


def test_an_unknown_feed_lists_the_known():
    with pytest.raises(UnknownFeedError, match="police-uk, police-extract, wardens, councillors"):
        read_feed("cctv", "x.csv")


def test_a_folder_is_read_whole_sorted_by_name_without_locks(tmp_path):
    for name, row in (("b.csv", ROWS[0]), ("a.csv", ROWS[1])):
        (tmp_path / name).write_text(f"{HEADER}\n{row}", encoding="utf-8")
    for name in ("~$a.xlsx", ".a.csv", "readme.md"):
        (tmp_path / name).write_text("no table", encoding="utf-8")
    assert read_feed("wardens", tmp_path).incidents["source_ref"].tolist() == ["W2", "W1"]


def book(tmp_path, sheets, name="jobs.xlsx"):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(tmp_path / name)
    return tmp_path / name


def test_the_sheet_with_the_header_is_found_behind_a_cover(tmp_path):
    rows = [HEADER.split(","), ["W1", at(2026, 4, 1), "Flytip", "High St", "x"]]
    path = book(tmp_path, {"Cover": [["Norbeck"]], "Jobs": [["Jobs"], [], *rows], "Empty": []})
    result = read_feed("wardens", path)
    assert result.incidents.index.tolist() == [4]
    assert result.notes == ("jobs.xlsx: no table was found on sheet 'Cover'.",)


def test_every_sheet_with_a_table_is_read(tmp_path):
    rows = [HEADER.split(","), ["", "01/04/2026", "Flytip", "High St", "x"]]
    result = read_feed("wardens", book(tmp_path, {"April": rows, "May": rows}))
    assert result.incidents["incident_id"].nunique() == 2
    assert len(result.rejected) == 0


def test_scribbles_beside_a_sheet_are_no_shifted_row(tmp_path):
    rows = [HEADER.split(","), ["W1", "01/04/2026", "Flytip", "High St", "x", "check this"]]
    assert len(read_feed("wardens", book(tmp_path, {"Jobs": rows})).incidents) == 1


def test_a_workbook_without_the_header_is_refused(tmp_path):
    with pytest.raises(FeedFormatError, match="needs Category"):
        read_feed("wardens", book(tmp_path, {"Jobs": [["Date", "Location"]]}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "TRUE"),
        (7, "7"),
        (7.0, "7"),
        (7.25, "7.25"),
        ("a", "a"),
        (at(2026, 4, 3), "03/04/2026"),
        (at(2026, 4, 3, 9, 5), "03/04/2026 09:05"),
        (at(2026, 4, 3, 9, 4, 59, 600_000), "03/04/2026 09:05"),
        (at(2026, 4, 3, 9, 5, 7), "03/04/2026 09:05:07"),
        (date(2026, 4, 3), "03/04/2026"),
        (time(9, 5), "09:05"),
        (time(9, 5, 7), "09:05:07"),
        (timedelta(hours=9, minutes=5), "09:05"),
    ],
)
def test_a_workbook_cell_is_what_a_csv_would_hold(value, text):
    assert write_cell(value) == text
