import io
import zipfile
from datetime import date

import pytest

from aim.errors import FeedError, ParameterError
from aim.exchange import fetch_police_uk

from .conftest import send, send_cut, send_status

TODAY = date(2026, 6, 15)


def street_file(month: str, force: str = "norbeck") -> bytes:
    return f"Month,Longitude,Latitude,Crime type\n{month},1.5,54.6,{force}\n".encode() * 50


def archive(*months: str, forces: tuple[str, ...] = ("norbeck", "otherton")) -> bytes:
    """Make an archive of some months, with files nobody asks for."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for month in months:
            for force in forces:
                made.writestr(f"{month}/{month}-{force}-street.csv", street_file(month, force))
            made.writestr(f"{month}/{month}-norbeck-outcomes.csv", bytes(range(256)) * 4000)
    return content.getvalue()


@pytest.fixture
def fetch(line, server, tmp_path):
    def run(since, until=None, **given):
        asked = {"force": "norbeck", "folder": tmp_path, "today": TODAY, "base": server.url}
        return fetch_police_uk(line, since=since, until=until, **{**asked, **given})

    return run


def test_wanted_months_come_out_of_the_newest_archive(fetch, server, tmp_path):
    server.answers["/latest.zip"] = send(archive("2026-01", "2026-02", "2026-03", "2026-04"))
    told = []
    fetched = fetch("2026-02", tell=told.append)
    names = [f"2026-0{number}-norbeck-street.csv" for number in (2, 3, 4)]
    assert [path.name for path in fetched.files] == names
    assert fetched.files[0].read_bytes() == street_file("2026-02")
    assert fetched.missing == ()
    assert sorted(one.name for one in tmp_path.iterdir()) == names
    assert [line.split(":")[0] for line in told] == names


def test_only_the_wanted_files_travel(fetch, server):
    whole = archive(*(f"2025-{number:02d}" for number in range(1, 13)))
    server.answers["/latest.zip"] = send(whole)
    fetch("2025-12")
    assert all("range" in asked.headers for asked in server.asked)


def test_the_period_ends_before_until(fetch, server):
    server.answers["/2026-02.zip"] = send(archive("2026-01", "2026-02"))
    assert len(fetch("2026-01", "2026-03").files) == 2
    assert {asked.path for asked in server.asked} == {"/2026-02.zip"}


def test_months_before_an_archive_come_out_of_an_earlier_one(fetch, server):
    server.answers["/latest.zip"] = send(archive("2026-03", "2026-04"))
    server.answers["/2026-02.zip"] = send(archive("2026-01", "2026-02"))
    assert len(fetch("2026-01").files) == 4


def test_an_archive_that_is_given_for_every_month_ends_the_search(fetch, server):
    server.answers["/latest.zip"] = server.answers["/2026-02.zip"] = send(archive("2026-03"))
    assert [path.name for path in fetch("2025-12").files] == ["2026-03-norbeck-street.csv"]


def test_a_last_month_that_is_not_published_yet_is_missing(fetch, server):
    server.answers["/latest.zip"] = send(archive("2026-03", "2026-04"))
    fetched = fetch("2026-03", "2026-06")
    assert (len(fetched.files), fetched.missing) == (2, ("2026-05",))


def test_a_month_the_force_did_not_send_is_missing(fetch, server):
    server.answers["/latest.zip"] = send(archive("2026-02", "2026-04"))
    assert fetch("2026-02").missing == ("2026-03",)


def test_a_file_that_is_there_is_not_fetched_again(fetch, server, tmp_path):
    server.answers["/latest.zip"] = send(archive("2026-04"))
    fetch("2026-04")
    before = (tmp_path / "2026-04-norbeck-street.csv").stat().st_mtime_ns
    fetch("2026-04")
    assert (tmp_path / "2026-04-norbeck-street.csv").stat().st_mtime_ns == before


def test_a_file_that_differs_is_replaced(fetch, server, tmp_path):
    server.answers["/latest.zip"] = send(archive("2026-04"))
    path = tmp_path / "2026-04-norbeck-street.csv"
    path.write_bytes(bytes(len(street_file("2026-04"))))
    fetch("2026-04")
    assert path.read_bytes() == street_file("2026-04")


def test_a_server_without_parts_sends_the_archive_whole(fetch, server, tmp_path):
    whole = archive("2026-04")
    server.answers["/latest.zip"] = send_cut(whole, len(whole))
    fetch("2026-04")
    assert [one.name for one in tmp_path.iterdir()] == ["2026-04-norbeck-street.csv"]


def test_an_unpacked_archive_is_read_file_by_file(fetch, server):
    for month in ("2026-04", "2026-06"):
        server.answers[f"/{month}/{month}-norbeck-street.csv"] = send(street_file(month))
    fetched = fetch("2026-04")
    assert [path.read_bytes() for path in fetched.files] == [
        street_file("2026-04"),
        street_file("2026-06"),
    ]
    assert fetched.missing == ("2026-05",)


def test_a_damaged_archive_leaves_nothing(fetch, server, tmp_path):
    whole = bytearray(archive("2026-04", forces=("norbeck",)))
    at = whole.index(b"2026-04/2026-04-norbeck-street.csv") + 60
    whole[at : at + 20] = bytes(20)
    server.answers["/latest.zip"] = send(bytes(whole))
    with pytest.raises(FeedError, match="damaged or cut short"):
        fetch("2026-04")
    assert not list(tmp_path.iterdir())


def test_what_is_no_archive_is_told(fetch, server):
    server.answers["/latest.zip"] = send(b"<html>Down for maintenance</html>" * 10)
    with pytest.raises(FeedError, match="damaged or cut short"):
        fetch("2026-04")


def test_an_unknown_force_is_told(fetch, server):
    server.answers["/latest.zip"] = send(archive("2026-04"))
    with pytest.raises(FeedError, match=r"has no street file of it\. Check --force"):
        fetch("2026-04", force="nowhere")


def test_a_place_with_nothing_is_told(fetch):
    with pytest.raises(FeedError, match=r"norbeck from 2026-05 to 2026-06 was asked for"):
        fetch("2026-05")


def test_a_failing_server_is_not_taken_for_an_empty_one(fetch, server):
    server.answers["/latest.zip"] = send_status(401)
    with pytest.raises(FeedError, match="401 Unauthorized"):
        fetch("2026-04")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"force": "../etc"}, "force's slug"),
        ({"force": "Norbeck"}, "force's slug"),
        ({"since": "April"}, r"write it like 2026-04"),
        ({"until": "2026-04"}, "there is none"),
        ({"since": "2026-07"}, "none lies in the future"),
        ({"base": "ftp://127.0.0.1"}, "https://"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_asked(fetch, server, asked, told):
    with pytest.raises(ParameterError, match=told):
        fetch(**{"since": "2026-04", **asked})
    assert not server.asked
