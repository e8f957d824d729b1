"""Plans through the pages: plain forms, what is wrong said where it was written, files to keep."""

import io
import re

import docx
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.filters import read_filter
from aim.model.people import Role

HTML = {"origin": "http://127.0.0.1", "accept": "text/html"}
HOSTILE = "<script>hit()</script>"


@pytest.fixture(scope="module")
def people(one_busy_house):
    house = one_busy_house.as_new()
    for name, role in (("lead", Role.COORDINATOR), ("ana", Role.ANALYST), ("warden", Role.OFFICER)):
        house.add(name, role)
    period = {"since": "2026-04-01", "until": "2026-05-01"}
    run = workflows.find_hotspots(house.store, LOCAL_ANALYST, read_filter(period), save=True)
    group = {"name": "Harbour", "purpose": "Less noise", "members": "ana", "partners": "none"}
    key = workflows.add_group(house.store, LOCAL_ANALYST, group).key
    clients = {name: house.signed_in(name) for name in ("lead", "ana", "warden")}
    return clients, key, f"hotspot:{run.hotspots['hotspot_id'].iloc[0]}"


@pytest.fixture
def ask(people):
    clients, key, place = people

    def get(who, path):
        return clients[who].get(path.replace("KEY", key), headers=HTML)

    def post(who, path, **form):
        address = path.replace("KEY", key)
        return clients[who].post(address, headers=HTML, data=form, follow_redirects=False)

    return get, post, place


def version_in(page):
    return re.search(r'name="version" value="(\d+)"', page.text)[1]


def test_a_plan_is_written_part_by_part_and_its_gaps_shrink(ask):
    get, post, _ = ask
    before = get("lead", "/plans/KEY")
    assert "A: say the baseline." in before.text.replace("&#39;", "'")
    answer = post("lead", "/plans/KEY", version=version_in(before), baseline="12", gaps=HOSTILE)
    assert answer.status_code == 303
    after = get("lead", answer.headers["location"])
    assert "Kept." in after.text
    assert "say the baseline" not in after.text
    assert HOSTILE not in after.text
    assert "&lt;script&gt;" in after.text
    assert "Harbour" in get("lead", "/plans").text


def test_what_cannot_be_kept_stays_in_the_form_with_the_reason(ask):
    get, post, _ = ask
    version = version_in(get("lead", "/plans/KEY"))
    wrong = post("lead", "/plans/KEY", version=version, milestones="Fly-tips | few")
    assert wrong.status_code == 422
    assert "whole numbers from 0" in wrong.text
    assert "Fly-tips | few" in wrong.text
    late = post("lead", "/plans/KEY", version="77", indicator="Mine")
    assert late.status_code == 409
    assert 'value="Mine"' in late.text
    assert "What you wrote stands beside what it says now" in late.text
    assert 'name="risks"' not in late.text  # the part that was sent is the one to settle


def test_a_record_is_begun_written_and_in_the_plan(ask):
    get, post, place = ask
    begun = post("lead", "/plans/KEY/records", site=place)
    assert begun.status_code == 303
    page = get("lead", begun.headers["location"])
    assert "write its five parts" in page.text
    path = begun.headers["location"].partition("?")[0]
    kept = post("lead", path, version=version_in(page), objective="Quiet & safe")
    assert kept.status_code == 303
    late = post("lead", path, version=version_in(page), objective="Mine")
    assert late.status_code == 409
    assert "Quiet &amp; safe" in late.text
    assert post("lead", "/plans/KEY/records", site=place).status_code == 409
    assert post("lead", "/plans/KEY/records").status_code == 422
    for form, said in (("osara", "Quiet & safe"), ("delivery", "A. Summary")):
        file = get("ana", f"/plans/KEY/{form}.docx")
        assert "attachment" in file.headers["content-disposition"]
        words = [one.text for one in docx.Document(io.BytesIO(file.content)).paragraphs]
        assert said in words


def test_who_is_not_in_the_group_sees_no_plan(ask):
    get, post, _ = ask
    assert "Harbour" not in get("warden", "/plans").text
    for path in ("/plans/KEY", "/plans/KEY/osara.docx", "/plans/records/none"):
        assert get("warden", path).status_code == 404
    assert post("warden", "/plans/KEY", version="0").status_code == 403


def test_the_library_is_a_page_with_a_choice_of_reports(ask):
    get, _, _ = ask
    page = get("warden", "/responses?type=burglary")
    assert page.status_code == 200
    assert 'value="burglary" selected' in page.text
    assert "Target hardening" in page.text
    assert get("lead", "/responses?type=moonshine").status_code == 422
