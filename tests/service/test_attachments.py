"""Files of actions through the pages: a form that brings one, an address that hands it out."""

import pytest

from aim.model.people import Role
from aim.service.forms import read_parts

HTML = {"origin": "http://127.0.0.1", "accept": "text/html"}
PLAN = b"%PDF-1.7\r\n--x\r\n\xff\x00 the plan\r\n"


@pytest.fixture(scope="module")
def desk(build_house):
    house = build_house(attachment_mb=1)
    house.add("lead", Role.COORDINATOR)
    house.add("warden", Role.OFFICER)
    house.add("other", Role.OFFICER)
    people = {name: house.signed_in(name) for name in ("lead", "warden", "other")}
    form = {"title": "Mend", "owner": "warden", "agency": "none", "readers": "warden"}
    made = people["lead"].post("/actions", headers=HTML, data=form, follow_redirects=False)
    return people, made.headers["location"].partition("?")[0]


def attach(desk, who="warden", *, name="plan.pdf", content=PLAN, headers=HTML):
    people, path = desk
    file = {"file": (name, content, "text/html")}
    return people[who].post(f"{path}/files", headers=headers, files=file, follow_redirects=False)


def test_a_file_goes_in_and_comes_out_the_same_never_inside_a_page(desk):
    assert attach(desk, name='<b>"plan"').status_code == 303
    people, path = desk
    page = people["warden"].get(path, headers=HTML).text
    assert f'href="{path}/files/1" download' in page
    assert "<b>" not in page
    answer = people["lead"].get(f"{path}/files/1")
    assert answer.content == PLAN
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"


def test_markup_is_handed_out_as_text_to_be_kept(desk):
    assert attach(desk, name="page.html", content=b"<script>hit()</script>").status_code == 303
    people, path = desk
    number = people["lead"].get(path, headers=HTML).text.count(f'href="{path}/files/')
    answer = people["lead"].get(f"{path}/files/{number}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="page.html.txt"'


def test_others_find_nothing_and_other_sites_attach_nothing(desk):
    people, path = desk
    attach(desk)
    assert people["other"].get(f"{path}/files/1").status_code == 404
    assert attach(desk, "other").status_code == 404
    answer = people["other"].post(f"{path}/files/1/remove", headers=HTML)
    assert answer.status_code == 404
    assert attach(desk, headers={"origin": "https://evil.example.org"}).status_code == 403


def test_what_is_too_large_or_of_no_kind_is_said(desk):
    large = attach(desk, content=PLAN + b" " * (1 << 20))
    assert large.status_code == 422
    assert "1 MB are taken" in large.text
    assert attach(desk, content=b" " * (2 << 20)).status_code == 413
    refused = attach(desk, content=b"MZ\x00")
    assert "none of them" in refused.text
    people, path = desk
    nothing = people["warden"].post(f"{path}/files", headers=HTML, data={"file": ""})
    assert "is empty" in nothing.text


def test_other_addresses_take_no_more_than_before(desk):
    people, path = desk
    for address in (path, f"{path}/comment", "/places"):
        answer = people["lead"].post(address, headers=HTML, content=b" " * ((1 << 20) + 1))
        assert answer.status_code == 413


def test_a_file_is_taken_out(desk):
    people, path = desk
    attach(desk)
    page = people["lead"].get(path, headers=HTML).text
    answer = people["lead"].post(f"{path}/files/1/remove", headers=HTML, follow_redirects=False)
    assert answer.status_code == 303
    assert f'href="{path}/files/1" download' not in people["lead"].get(path, headers=HTML).text
    assert f"{path}/files/" in page


def test_parts_are_read_whatever_stands_between_them():
    body = (
        b'--m\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--m\r\nContent-Disposition: form-data; name="f"; filename="C:\\x\\y.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + PLAN + b"\r\n"
        b'--m\r\nContent-Disposition: form-data; name="g"; filename=""\r\n\r\n\r\n'
        b"--m\r\nno head at all\r\n"
        b"--m--\r\n"
    )
    form = read_parts(body, b"m")
    assert form.fields == {"a": "1"}
    assert {name: (one.name, one.content) for name, one in form.files.items()} == {
        "f": ("y.pdf", PLAN)
    }
