"""The dashboard of a FixMyStreet: month by month, with a token that goes nowhere else."""

from datetime import date

import pytest

from aim.errors import FeedError, ParameterError
from aim.exchange import Patience, fetch_fixmystreet, open_line

from .conftest import in_turn, send, send_cut, send_status

HEADER = b"Report ID,Title,Detail,User Name,Category,Created,Latitude,Longitude\n"
ROW = b"101,Bags,Beside the bin,Jo Bloggs,Fly-tipping,2026-04-03T10:30:00,54.57,-1.24\n"
SHOWN = "t0ken"
FIRST, LAST = date(2026, 4, 10), date(2026, 6, 2)


@pytest.fixture
def keyed(pauses):
    patience = Patience(read_s=0.3, tries=3, most_bytes=1_000_000, most_answer_bytes=100_000)
    with open_line(allowed=True, patience=patience, sleep=pauses.append, token=SHOWN) as line:
        yield line


def fetch(line, server, folder, *, path="", since=FIRST, until=LAST):
    months = fetch_fixmystreet(line, f"{server.url}{path}", since=since, until=until, folder=folder)
    return list(months)


def test_each_month_is_asked_for_by_its_days_with_the_token(keyed, server, tmp_path):
    server.answers["/dashboard"] = send(HEADER + ROW)
    months = fetch(keyed, server, tmp_path)
    asked = [(one.query["start_date"], one.query["end_date"]) for one in server.asked]
    assert asked == [
        ("2026-04-10", "2026-04-30"),
        ("2026-05-01", "2026-05-31"),
        ("2026-06-01", "2026-06-01"),
    ]
    assert {one.headers["authorization"] for one in server.asked} == {"Bearer t0ken"}
    assert {one.query["export"] for one in server.asked} == {"1"}
    assert months[0].path.name == "fixmystreet-127-0-0-1-2026-04-10-2026-05-01.csv"
    assert months[0].path.read_bytes() == HEADER + ROW


def test_an_address_of_its_own_and_its_query_are_kept(keyed, server, tmp_path):
    server.answers["/pro/dashboard"] = send(HEADER + ROW)
    fetch(keyed, server, tmp_path, path="/pro/dashboard?body=7", since=date(2026, 6, 1))
    assert [one.query["body"] for one in server.asked] == ["7"]


def test_a_month_without_reports_leaves_no_file(keyed, server, tmp_path):
    server.answers["/dashboard"] = in_turn(send(HEADER), send(HEADER + ROW))
    months = fetch(keyed, server, tmp_path, until=date(2026, 5, 2))
    assert [one.path is None for one in months] == [True, False]
    assert len(list(tmp_path.iterdir())) == 1


def test_an_export_that_is_still_being_made_is_asked_for_where_it_says(
    keyed, server, tmp_path, pauses
):
    server.answers["/dashboard"] = send_status(202, Location="/dashboard/status/7")
    server.answers["/dashboard/status/7"] = in_turn(
        send_status(202, Retry_After="3"), send(HEADER + ROW)
    )
    months = fetch(keyed, server, tmp_path, since=date(2026, 6, 1))
    assert months[0].path.read_bytes() == HEADER + ROW
    assert [one.path for one in server.asked] == ["/dashboard", *["/dashboard/status/7"] * 2]
    assert pauses == [10.0, 3.0]


def test_an_export_that_is_never_made_is_given_up(keyed, server, tmp_path, pauses):
    server.answers["/dashboard"] = send_status(202)
    with pytest.raises(FeedError, match="still being made"):
        fetch(keyed, server, tmp_path)
    assert len(pauses) == 60
    assert not list(tmp_path.iterdir())


def test_the_token_goes_to_no_other_host(keyed, server, tmp_path):
    server.answers["/dashboard"] = send_status(202, Location="http://localhost:9/export")
    with pytest.raises(FeedError, match="leads to localhost, which does not get the token"):
        fetch(keyed, server, tmp_path)
    assert len(server.asked) == 1


def test_a_token_does_not_travel_open(keyed, tmp_path):
    with pytest.raises(ParameterError, match="give its https:// address"):
        list(
            fetch_fixmystreet(
                keyed, "http://example.org/?k=s", since=FIRST, until=LAST, folder=tmp_path
            )
        )


def test_a_redirection_elsewhere_does_not_get_the_token(keyed, server, tmp_path):
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.answers["/dashboard"] = send_status(302, Location=f"{elsewhere}/auth")
    server.answers["/auth"] = send(b"<html>Sign in</html>", "text/html")
    with pytest.raises(FeedError, match="AIM_FIXMYSTREET_TOKEN"):
        fetch(keyed, server, tmp_path)
    assert [("authorization" in one.headers) for one in server.asked] == [True, False]
    assert not list(tmp_path.iterdir())


def test_a_broken_line_is_mended_and_months_saved_before_stay(keyed, server, tmp_path):
    whole = HEADER + ROW
    server.answers["/dashboard"] = in_turn(
        send(whole), send_cut(whole, 30), send(whole), send_status(403)
    )
    with pytest.raises(FeedError, match="403"):
        fetch(keyed, server, tmp_path)
    assert sorted(one.read_bytes() for one in tmp_path.glob("*.csv")) == [whole, whole]


def test_a_period_without_time_is_refused(keyed, server, tmp_path):
    with pytest.raises(ParameterError, match="no time between"):
        fetch(keyed, server, tmp_path, since=LAST)
    assert server.asked == []
