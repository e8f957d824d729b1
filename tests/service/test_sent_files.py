"""Files of visits and plans through the pages: looked at first, kept on a second word."""

import io
import re
from datetime import date

import docx
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.model.crs import to_degrees
from aim.model.people import Role

HTML = {"origin": "http://127.0.0.1", "accept": "text/html"}
AREA = {
    "name": "Order area",
    "origin": "designated",
    "owner": "council",
    "purpose": "An order",
    "since": "2026-01-01",
    "corners": "470500,530600\n470700,530600\n470700,530800\n470500,530800",
}
TABLE = (
    b"Place,Date,Start,Minutes,What was done\n"
    b"Order area,01/05/2026,21:00,15,Call 07700 900123 <b>\n"
    b"Nowhere,01/05/2026,21:00,15,Walked\n"
)


class Desk:
    """A hub with people who send files, and the plan of a group called Quay."""

    def __init__(self, house):
        self.house = house
        roles = {"lead": Role.COORDINATOR, "warden": Role.OFFICER, "aud": Role.AUDITOR}
        for who, role in roles.items():
            house.add(who, role)
        self.clients = {who: house.signed_in(who) for who in roles}
        workflows.add_site(house.store, LOCAL_ANALYST, AREA)
        self.group = workflows.add_group(
            house.store, LOCAL_ANALYST, {"name": "Quay", "purpose": "Less noise"}
        ).key

    def send(self, who, path, content, name):
        file = {"file": (name, content, "text/html")}
        return self.clients[who].post(path, headers=HTML, files=file, follow_redirects=False)

    def keep(self, who, path, page):
        token = re.search(r'name="token" value="([^"]+)"', page.text)
        data = {"token": token[1] if token else ""}
        return self.clients[who].post(path, headers=HTML, data=data, follow_redirects=False)

    def page(self, who, path):
        return self.clients[who].get(path, headers=HTML).text

    def plan(self, title):
        made = workflows.export_plan(
            self.house.store,
            LOCAL_ANALYST,
            self.group,
            Settings(),
            form="delivery",
            today=date(2026, 5, 1),
        )
        document, renamed = docx.Document(io.BytesIO(made.content)), io.BytesIO()
        next(one for one in document.paragraphs if one.style.name == "Title").runs[0].text = title
        document.save(renamed)
        return renamed.getvalue()


@pytest.fixture(scope="module")
def desk(build_house, busy):
    return Desk(build_house(busy, attachment_mb=1))


def track():
    lon, lat = to_degrees([470_600.0] * 3, [530_700.0] * 3)
    times = ("2026-05-02T21:00:00Z", "2026-05-02T21:04:00Z", "2026-05-02T21:08:00Z")
    points = "".join(
        f'<trkpt lat="{y}" lon="{x}"><time>{at}</time></trkpt>'
        for x, y, at in zip(lon, lat, times, strict=True)
    )
    return f"<gpx><trk><name>Jo</name><trkseg>{points}</trkseg></trk></gpx>".encode()


def test_a_table_is_looked_at_then_kept_and_kept_once(desk):
    looked = desk.send("warden", "/visits/file", TABLE, "visits.csv")
    assert "1 visit to keep; 0 known already; 1 refused" in looked.text
    assert "No place is called" in looked.text
    assert "900123" not in looked.text
    assert "<b>" not in looked.text
    assert "Order area" not in desk.page("warden", "/visits").partition("The newest first")[2]
    assert desk.keep("warden", "/visits/file/keep", looked).status_code == 303
    assert "Order area" in desk.page("warden", "/visits").partition("The newest first")[2]
    again = desk.send("warden", "/visits/file", TABLE, "visits.csv")
    assert "0 visits to keep; 1 known already" in again.text
    assert 'name="token"' not in again.text


def test_of_a_track_only_the_stays_are_shown_and_kept(desk):
    looked = desk.send("warden", "/visits/file", track(), "walk.gpx")
    assert "1 visit to keep" in looked.text
    assert "2 May 2026, 22:00" in looked.text
    assert "Jo" not in looked.text
    assert desk.keep("warden", "/visits/file/keep", looked).status_code == 303
    assert desk.house.audited()["detail"].str.contains('"visits": ?1', regex=True).any()


def test_a_plan_is_looked_at_with_its_gaps_and_becomes_a_draft_group(desk):
    looked = desk.send("lead", "/plans/file", desk.plan("Pier"), "plan.docx")
    assert "Pier: A draft group" in looked.text
    assert "A: say the baseline." in looked.text
    assert "Pier" not in desk.page("lead", "/plans")
    kept = desk.keep("lead", "/plans/file/keep", looked)
    assert kept.status_code == 303
    assert "kept as a draft group" in desk.page("lead", kept.headers["location"])
    assert "Pier" in desk.page("lead", "/plans")


def test_a_plan_of_a_group_that_exists_is_not_offered_to_be_kept(desk):
    looked = desk.send("lead", "/plans/file", desk.plan("Quay"), "plan.docx")
    assert "There is a group of that name" in looked.text
    assert 'name="token"' not in looked.text


def test_what_was_looked_at_is_the_senders_alone_and_soon_gone(desk):
    table = TABLE.replace(b"21:00", b"20:00")
    looked = desk.send("warden", "/visits/file", table, "visits.csv")
    assert "no longer at hand" in desk.keep("lead", "/visits/file/keep", looked).text
    assert "no longer at hand" in desk.keep("lead", "/plans/file/keep", looked).text
    desk.house.clock.move(minutes=15)
    assert "no longer at hand" in desk.keep("warden", "/visits/file/keep", looked).text


@pytest.mark.parametrize(
    ("path", "name", "content", "said"),
    [
        ("/visits/file", "visits.csv", b"a,b\n1,2\n", "visits.csv"),
        ("/visits/file", "plan.pdf", b"%PDF-1.7", "it is a PDF"),
        ("/visits/file", "visits.csv", b"", "is empty"),
        ("/visits/file", "walk.gpx", b"<gpx><trk>", "is no GPX"),
        ("/visits/file", "visits.csv", TABLE + b" " * (1 << 20), "1 MB are taken"),
        ("/plans/file", "plan.docx", b"a text", "no Word document"),
        ("/plans/file", "plan.docx", b"", "no Word document"),
    ],
)
def test_what_cannot_be_read_says_why_where_it_was_sent(desk, path, name, content, said):
    answer = desk.send("lead", path, content, name)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'enctype="multipart/form-data"' in answer.text


def test_who_may_not_keep_is_sent_away_before_the_file_is_read(desk):
    assert desk.send("aud", "/visits/file", TABLE, "visits.csv").status_code == 403
    assert desk.send("warden", "/plans/file", b"", "plan.docx").status_code == 403
    assert (
        desk.keep("warden", "/plans/file/keep", desk.clients["warden"].get("/plans")).status_code
        == 403
    )
    assert "Read a filled plan" not in desk.page("warden", "/plans")
    assert desk.clients["aud"].get("/visits/template.csv").status_code == 403


def test_an_empty_table_to_fill_in_is_read_again(desk):
    template = desk.clients["warden"].get("/visits/template.csv")
    assert template.headers["content-disposition"] == 'attachment; filename="visits.csv"'
    looked = desk.send("warden", "/visits/file", template.content, "visits.csv")
    assert "0 visits to keep" in looked.text
