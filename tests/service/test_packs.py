"""Packs through the pages: a link a format, a file to keep, and nothing for who may not."""

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.filters import read_filter
from aim.model.people import Role

HTML = {"accept": "text/html"}
BEGINS = {"pdf": b"%PDF-", "docx": b"PK", "xlsx": b"PK", "pptx": b"PK"}
PERIOD = {"since": "2026-04-01", "until": "2026-05-01"}


@pytest.fixture(scope="module")
def office(build_house, busy):
    """Give the clients of a lead and an auditor, and the pages of a group and a meeting."""
    house = build_house(busy)
    house.add("lead", Role.COORDINATOR)
    house.add("auditor", Role.AUDITOR)
    workflows.find_hotspots(house.store, LOCAL_ANALYST, read_filter(PERIOD), save=True)
    words = {"name": "Nights", "purpose": "Fewer reports"}
    group = workflows.add_group(house.store, LOCAL_ANALYST, words).key
    meeting = workflows.add_meeting(house.store, LOCAL_ANALYST, {"day": "2026-05-04"}).key
    pages = {"group": f"/groups/{group}", "meeting": f"/meetings/{meeting}"}
    return house, house.signed_in("lead"), house.signed_in("auditor"), pages


@pytest.mark.parametrize("of", ["group", "meeting"])
def test_every_link_of_the_page_gives_its_file(office, of):
    _, lead, _, pages = office
    page = lead.get(pages[of], headers=HTML).text
    for ending, begin in BEGINS.items():
        assert f'href="{pages[of]}/pack.{ending}" download' in page
        answer = lead.get(f"{pages[of]}/pack.{ending}")
        assert answer.status_code == 200
        assert answer.content.startswith(begin)
        assert f'.{ending}"' in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "private, no-cache"


def test_the_decisions_of_a_meeting_are_a_word_file_on_record(office):
    house, lead, _, pages = office
    path = f"{pages['meeting']}/log.docx"
    assert f'href="{path}" download' in lead.get(pages["meeting"], headers=HTML).text
    answer = lead.get(path)
    assert answer.content.startswith(b"PK")
    assert "wordprocessingml" in answer.headers["content-type"]
    last = house.audited().iloc[-1]
    assert last["action"] == "export"
    assert '"decisions"' in str(last["detail"])


def test_who_sees_no_groups_gets_none_and_other_formats_are_not_found(office):
    _, lead, auditor, pages = office
    for page in pages.values():
        assert auditor.get(f"{page}/pack.pdf").status_code == 403
        assert lead.get(f"{page}/pack.odt").status_code in {404, 422}
    assert auditor.get(f"{pages['meeting']}/log.docx").status_code == 403
    assert lead.get("/groups/nothing/pack.pdf").status_code == 404
    assert lead.get("/meetings/nothing/log.docx").status_code == 404
