import time

import pytest

from aim.errors import ConfigError, FeedError, ParameterError
from aim.exchange import Patience, open_line
from aim.exchange.line import StatusError, shown

from .conftest import in_turn, send, send_cut, send_status

BODY = bytes(range(256)) * 1000


def test_nothing_leaves_without_permission():
    with pytest.raises(ConfigError, match="AIM_ALLOW_FETCH=true"), open_line(allowed=False):
        pytest.fail("the line opened")


@pytest.mark.parametrize(
    "url", ["file:///etc/hosts", "ftp://example.org/x", "example.org", "http://", "http://a b:x"]
)
def test_only_the_web_is_asked(line, url):
    with pytest.raises(ParameterError, match="https://"):
        line.get(url)


def test_a_redirect_leaves_the_web_no_more_than_an_address(line, server):
    server.answers["/a"] = send_status(302, Location="ftp://127.0.0.1/b")
    with pytest.raises(FeedError, match="leads astray"):
        line.get(f"{server.url}/a")


def test_an_answer_comes_whole_with_its_type(line, server):
    server.answers["/a"] = send(b"[]", "application/json; charset=utf-8")
    reply = line.get(f"{server.url}/a?jurisdiction_id=x", {"page": "1"})
    assert (reply.content, reply.media_type) == (b"[]", "application/json")
    assert server.asked[0].query == {"jurisdiction_id": "x", "page": "1"}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(line, server, pauses, status):
    server.answers["/a"] = in_turn(send_status(status), send_status(status), send(b"here"))
    assert line.get(f"{server.url}/a").content == b"here"
    assert pauses == [1.0, 2.0]


def test_a_server_that_stays_busy_is_left_alone_in_the_end(line, server, pauses):
    server.answers["/a"] = send_status(503)
    with pytest.raises(FeedError, match=r"asked for 3 times; it answered 503 Service Unavailable"):
        line.get(f"{server.url}/a")
    assert (len(server.asked), pauses) == (3, [1.0, 2.0])


def test_a_server_says_when_to_come_back_within_reason(line, server, pauses):
    busy = [send_status(429, Retry_After="30"), send_status(429, Retry_After="86400")]
    server.answers["/a"] = in_turn(*busy, send(b"here"))
    line.get(f"{server.url}/a")
    assert pauses == [30.0, 120.0]


def test_a_server_may_name_a_moment_or_nonsense(line, server, pauses):
    past = send_status(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    server.answers["/a"] = in_turn(past, send_status(503, Retry_After="soon"), send(b"here"))
    line.get(f"{server.url}/a")
    assert pauses == [1.0, 2.0]


def test_a_refusal_is_not_asked_twice(line, server):
    server.answers["/a"] = send_status(403)
    with pytest.raises(StatusError, match="403 Forbidden") as told:
        line.get(f"{server.url}/a?api_key=secret")
    assert (told.value.status, len(server.asked)) == (403, 1)
    assert "secret" not in str(told.value)


def test_a_slow_server_is_not_waited_for(line, server):
    def sleep(handler, asked):
        time.sleep(0.6)

    server.answers["/a"] = sleep
    with pytest.raises(FeedError, match="did not answer in time"):
        line.get(f"{server.url}/a")


def test_a_closed_port_is_told(line, server):
    with pytest.raises(FeedError, match="cannot be reached"):
        line.get("http://127.0.0.1:1/a")


def test_a_huge_answer_is_not_taken(line, server):
    server.answers["/a"] = send(BODY)
    with pytest.raises(FeedError, match="larger than 100,000 bytes"):
        line.get(f"{server.url}/a")


def test_a_file_is_saved_whole(line, server, tmp_path):
    server.answers["/a"] = send(BODY)
    assert line.save(f"{server.url}/a", tmp_path / "a.csv").read_bytes() == BODY
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_a_broken_download_goes_on_where_it_stopped(line, server, tmp_path):
    server.answers["/a"] = in_turn(send_cut(BODY, 100_000), send(BODY))
    assert line.save(f"{server.url}/a", tmp_path / "a.csv").read_bytes() == BODY
    resumed = int(server.asked[1].headers["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < resumed <= 100_000
    assert server.asked[1].headers["if-range"] == '"1"'


def test_a_file_that_changed_meanwhile_begins_anew(line, server, tmp_path):
    server.answers["/a"] = in_turn(send_cut(BODY, 100_000), send(BODY[::-1], etag='"2"'))
    assert line.save(f"{server.url}/a", tmp_path / "a.csv").read_bytes() == BODY[::-1]


def test_half_a_file_is_never_taken_for_the_whole(line, server, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"as it was")
    server.answers["/a"] = send_cut(BODY, 100_000, etag="")
    with pytest.raises(FeedError, match="broke before the end"):
        line.save(f"{server.url}/a", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"as it was"


def test_a_later_run_goes_on_where_an_earlier_one_stopped(line, server, tmp_path):
    server.answers["/a"] = send_cut(BODY, 100_000)
    with pytest.raises(FeedError):
        line.save(f"{server.url}/a", tmp_path / "a.csv")
    server.answers["/a"] = send(BODY)
    assert line.save(f"{server.url}/a", tmp_path / "a.csv").read_bytes() == BODY
    assert "range" in server.asked[-1].headers


def test_a_part_of_another_file_is_not_gone_on_with(line, server, tmp_path):
    server.answers["/a"] = send_cut(BODY, 100_000)
    with pytest.raises(FeedError):
        line.save(f"{server.url}/a", tmp_path / "a.csv")
    server.answers["/b"] = send(b"another")
    assert line.save(f"{server.url}/b", tmp_path / "a.csv").read_bytes() == b"another"
    assert "range" not in server.asked[-1].headers


def test_a_file_that_became_shorter_begins_anew(line, server, tmp_path):
    short = BODY[:10]
    server.answers["/a"] = in_turn(send_cut(BODY, 100_000), send_status(416), send(short))
    assert line.save(f"{server.url}/a", tmp_path / "a.csv").read_bytes() == short


def test_a_huge_file_leaves_nothing_behind(server, tmp_path):
    server.answers["/a"] = send(BODY)
    with (
        open_line(allowed=True, patience=Patience(most_bytes=255_999)) as line,
        pytest.raises(FeedError, match="larger than 255,999 bytes"),
    ):
        line.save(f"{server.url}/a", tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


def test_a_file_of_just_the_most_is_taken(server, tmp_path):
    server.answers["/a"] = send(BODY)
    with open_line(allowed=True, patience=Patience(most_bytes=256_000)) as line:
        assert line.save(f"{server.url}/a", tmp_path / "a.csv").stat().st_size == 256_000


def test_a_huge_file_that_hides_its_size_is_stopped(line, server, tmp_path):
    def pour(handler, asked):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b"ffff\r\n" + bytes(0xFFFF) + b"\r\n")

    server.answers["/a"] = pour
    with pytest.raises(FeedError, match="larger than 1,000,000 bytes"):
        line.save(f"{server.url}/a", tmp_path / "a.csv")


def test_a_trickle_ends_at_the_time_for_a_whole_file(server, tmp_path):
    def trickle(handler, asked):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.02)

    server.answers["/a"] = trickle
    with (
        open_line(allowed=True, patience=Patience(whole_s=0.1)) as line,
        pytest.raises(FeedError, match=r"after 0\.1 s it is not whole"),
    ):
        line.save(f"{server.url}/a", tmp_path / "a.csv")


def test_a_file_without_a_length_is_not_trusted(line, server, tmp_path):
    def pour(handler, asked):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"half or whole?")
        handler.close_connection = True

    server.answers["/a"] = pour
    with pytest.raises(FeedError, match="does not say how long it is"):
        line.save(f"{server.url}/a", tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()


def test_a_folder_that_is_not_there_is_told(line, server, tmp_path):
    server.answers["/a"] = send(BODY)
    with pytest.raises(FeedError, match=r"No such file or directory|cannot find the path"):
        line.save(f"{server.url}/a", tmp_path / "nowhere" / "a.csv")


def test_parts_come_as_asked(line, server):
    server.answers["/a"] = send(BODY)
    assert line.size(f"{server.url}/a") == len(BODY)
    assert line.piece(f"{server.url}/a", 300, 310) == BODY[300:310]


def test_a_part_that_comes_cut_short_is_asked_for_again(line, server):
    def cut(handler, asked):
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes 300-309/{len(BODY)}")
        handler.send_header("Content-Length", "4")
        handler.end_headers()
        handler.wfile.write(BODY[300:304])

    server.answers["/a"] = in_turn(cut, send(BODY))
    assert line.piece(f"{server.url}/a", 300, 310) == BODY[300:310]


def test_a_rest_that_is_another_part_begins_anew(line, server, tmp_path):
    def elsewhere(handler, asked):
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes 7-9/{len(BODY)}")
        handler.send_header("Content-Length", "3")
        handler.end_headers()
        handler.wfile.write(BODY[7:10])

    server.answers["/a"] = in_turn(send_cut(BODY, 100_000), elsewhere, send(BODY))
    assert line.save(f"{server.url}/a", tmp_path / "a.csv").read_bytes() == BODY


def test_a_spoilt_mark_begins_anew(line, server, tmp_path):
    (tmp_path / "a.csv.part").write_bytes(b"what is this?")
    for spoilt in ("[1]", "{", ""):
        (tmp_path / "a.csv.part.json").write_text(spoilt, encoding="utf-8")
        server.answers["/a"] = send(BODY)
        assert line.save(f"{server.url}/a", tmp_path / "a.csv").read_bytes() == BODY


def test_a_redirect_on_the_web_is_followed(line, server):
    server.answers["/a"] = send_status(302, Location="/b")
    server.answers["/b"] = send(b"here")
    assert line.get(f"{server.url}/a").content == b"here"


def test_a_server_without_parts_is_known_by_it(line, server):
    server.answers["/a"] = send_cut(BODY, len(BODY))
    assert line.size(f"{server.url}/a") is None
    with pytest.raises(FeedError, match="it gave others"):
        line.piece(f"{server.url}/a", 0, 10)


def test_an_address_is_shown_without_its_secrets():
    assert shown("https://me:pw@example.org/a?key=s#x") == "https://example.org/a"
