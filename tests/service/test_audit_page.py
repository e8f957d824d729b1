"""The auditor's page."""

import re
from datetime import date

from aim.config import Settings
from aim.model.audit import AuditFilter
from aim.model.people import EVERYTHING, Role
from aim.service import create_app
from aim.testing.stores import invented_agreement


def test_the_page_lists_entries_and_says_whether_the_record_is_whole(hub):
    hub.get("/api/incidents")
    page = hub.get("/audit", params={"action": "export"})
    assert page.status_code == 200
    assert "The record is whole" in page.text
    assert ">export</td>" in page.text
    assert ">load-wards</td>" not in page.text


def test_days_and_people_choose_entries(hub):
    assert "No entry matches." in hub.get("/audit", params={"actor": "nobody-here"}).text
    assert "No entry matches." in hub.get("/audit", params={"until": "2020-01-01"}).text
    assert hub.get("/audit", params={"since": "soon"}).status_code == 422


def test_what_somebody_typed_shows_as_text(hub):
    page = hub.get("/audit", params={"actor": '"><script>x</script>'})
    assert "<script>x" not in page.text


def test_every_look_at_the_map_is_on_record(hub, store, april):

    views = AuditFilter(action="view")
    before = len(store.audit(EVERYTHING, views))
    for _ in range(2):
        hub.get(f"/map/layers?{april}")
    assert len(store.audit(EVERYTHING, views)) == before + 2


def test_a_reason_given_in_the_address_is_on_record(hub, store):

    assert hub.get("/api/incidents.csv?reason=patrol-tasking").status_code == 200
    assert '"reason":"patrol-tasking"' in store.audit(EVERYTHING)["detail"].iloc[-1]
    assert hub.get("/api/incidents.csv?reason=because").status_code == 422


def test_what_an_agreement_does_not_give_is_on_no_page(tmp_path, make_hub_store, client_of):
    own = make_hub_store(tmp_path)
    with own.transaction() as change:
        change.set_agreement(
            invented_agreement(source="wardens", roles=frozenset({Role.OFFICER})), actor="a"
        )
    with client_of(create_app(Settings(), own, today=lambda: date(2026, 5, 4))) as client:
        shown = client.get("/api/incidents.csv?include-outside=yes").text
        assert "norbeck-police" in shown
        assert ",wardens,wardens," not in shown
    own.close()


def test_an_auditor_reads_how_far_sources_are_complete(busy_house):
    busy_house.add("ada", Role.AUDITOR)
    page = busy_house.signed_in("ada").get("/quality").text
    assert "no source has been loaded yet" not in page
    assert "to people who are shown reports" in page


def test_an_entry_says_the_time_of_day(busy_house):
    busy_house.add("ada", Role.AUDITOR)
    page = busy_house.signed_in("ada").get("/audit").text
    assert re.search(r'data-label="When">\d+ \w+ \d{4}, \d\d:\d\d:\d\d<', page)
