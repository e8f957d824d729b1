"""Paths and names made to lead astray: nothing outside is read, no head line is smuggled in."""

import pytest

from aim.model.people import Role

TRICKS = (
    "/wards/%00",
    "/hotspots/a%00b",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2fapp.py",
    "/static/%5c..%5c..%5capp.py",
    "/vendor/folium/%2e%2e/%2e%2e/METADATA",
    "/wards/E05099001%0d%0aX-Smuggled:%20yes/figures",
    "/wards/E05099001%0d%0aX-Smuggled:%20yes/figures.csv",
    "/api/hotspots?ward=%0d%0aX-Smuggled:%20yes",
    "/wards/E05099001/figures?period=%00",
    "//evil.example.org/%2e%2e",
)


@pytest.mark.parametrize("path", TRICKS)
def test_a_crooked_path_is_refused_in_words_and_leads_nowhere(house, path):
    house.add("ana", Role.ANALYST)
    answer = house.signed_in("ana").get(path, follow_redirects=False)
    assert 400 <= answer.status_code < 500
    assert "x-smuggled" not in answer.headers
    assert "root:" not in answer.text
    assert "Traceback" not in answer.text


def test_a_name_with_a_line_break_makes_no_head_line(house):
    house.add("ana", Role.ANALYST)
    client = house.stranger()
    form = {"name": "ana\r\nset-cookie: x=1", "password": "no\r\nx-smuggled: yes"}
    answer = client.post("/sign-in", data=form, headers={"origin": "http://127.0.0.1"})
    assert answer.status_code in {400, 401, 422}
    assert "x-smuggled" not in answer.headers
    assert "x=1" not in answer.headers.get("set-cookie", "")
