"""Agreements at work: loads stopped, rows kept back, rows past their time and erased rows gone."""

import json
import shutil
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.errors import (
    AgreementError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    ParameterError,
    ReasonNeededError,
)
from aim.model.filters import IncidentFilter
from aim.model.people import EVERYTHING, Actor, Role
from aim.store import open_store
from aim.workflows.agreements import agreement_warnings, check_sources
from aim.workflows.deliveries import delivery_list

ALL = IncidentFilter(include_outside=True)
HEADER = "Ref,Date,Time,Category,Street,Easting,Northing,Notes\n"
TOML = """
source = "wardens"
owner = "norbeck-council"
reference = "ISA-7"
purpose = "Anti-social behaviour"
regime = "uk_gdpr"
roles = ["analyst", "officer"]
begins = 2026-01-01
review = 2036-01-01
columns = ["location_text", "uprn", "description"]
"""


def agree(hub, *more):
    path = hub.folder / "agreement.toml"
    path.write_text(TOML + "\n".join(more), encoding="utf-8")
    return workflows.set_agreement(hub.store, hub.actor, path)


def load(hub, *rows, name="w.csv", **given):
    path = hub.folder / name
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return workflows.ingest_feed(hub.store, hub.actor, feed="wardens", path=path, **given)


def report(ref, day, notes="Seen again"):
    return f"{ref},{day},21:15,Noise,Quay Street,480300,530400,{notes}"


def opened(folder):
    settings = Settings(store_url=f"sqlite:///{(folder / 'aim.db').as_posix()}")
    store = open_store(settings.store_url, create=True)
    return SimpleNamespace(store=store, actor=LOCAL_ANALYST, settings=settings, folder=folder)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write two reports of March and one of May, and one refused row, once for all tests."""
    hub = opened(tmp_path_factory.mktemp("written"))
    load(
        hub,
        report("W001", "03/03/2026", "Marked words"),
        report("W002", "31/03/2026"),
        report("W003", "01/05/2026"),
        report("W004", "31/02/2026"),
    )
    hub.store.close()
    return hub.folder


@pytest.fixture
def told(written, tmp_path):
    """Give a hub of its own with what was written."""
    hub = opened(shutil.copytree(written, tmp_path / "hub"))
    yield hub
    hub.store.close()


def refs(hub):
    return sorted(hub.store.incidents(ALL, EVERYTHING)["source_ref"])


def bytes_of(hub):
    return b"".join(one.read_bytes() for one in sorted(hub.folder.glob("aim.db*")))


def test_every_version_of_an_agreement_is_kept_and_on_record(told):
    assert agree(told).version == 1
    assert agree(told, "retention_days = 90").version == 2
    kept = workflows.agreement_versions(told.store, told.actor, "wardens")
    assert [one.agreement.retention_days for one in kept] == [None, 90]
    assert len(workflows.agreement_list(told.store, told.actor)) == 1
    last = told.store.audit(EVERYTHING).iloc[-1]
    assert (last["action"], '"retention_days":90' in last["detail"]) == ("manage-agreements", True)


def test_an_unreadable_agreement_changes_nothing(told):
    for more, fault in (("rules = 3", "rules is not known"), ("roles = 3", "cannot|found")):
        with pytest.raises(ParameterError, match=fault):
            agree(told, more)
    assert workflows.agreement_list(told.store, told.actor) == []


def test_an_agreement_of_an_unknown_source_is_told(told):
    agree(told)
    with pytest.raises(NotFoundError, match="kept for: wardens"):
        workflows.agreement_versions(told.store, told.actor, "fire")


def test_an_agreement_that_ended_stops_loads_and_warns(told):
    agree(told, "expires = 2026-02-01")
    before = told.store.data_version()
    with pytest.raises(AgreementError, match=r"ISA-7\) ended on 2026-02-01"):
        load(told, report("W009", "04/05/2026"), name="later.csv")
    assert told.store.data_version() == before
    assert "ended on 2026-02-01" in agreement_warnings(told.store)[0]
    checks = {
        name: (passed, found) for name, passed, found in workflows.doctor(told.store, told.actor)
    }
    assert checks["agreements"][0] is False
    view = workflows.quality_view(told.store, told.actor, told.settings)
    assert "ended on 2026-02-01" in view.agreements[0]
    assert "ended on 2026-02-01" in workflows.quality_text(told.store, told.actor)


def test_a_source_without_agreement_is_told_and_refused_where_one_is_required(told):
    found = {name: found for name, _, found in workflows.doctor(told.store, told.actor)}
    assert "None is kept for wardens" in found["agreements"]
    with pytest.raises(AgreementError, match="AIM_REQUIRE_AGREEMENTS"):
        load(told, report("W009", "04/05/2026"), name="later.csv", require_agreements=True)
    agree(told)
    check_sources(told.store, ["wardens"], required=True)


def test_nobody_sees_what_the_agreement_does_not_give_their_role(told):
    agree(told)
    coordinator = Actor("c1", "hub", frozenset({Role.COORDINATOR}))
    held = workflows.with_agreements(told.store, coordinator)
    assert held.withheld == {("wardens", "*")}
    analyst = Actor("a1", "hub", frozenset({Role.ANALYST}))
    assert workflows.with_agreements(told.store, analyst) == analyst


def export(hub, actor, **given):
    return workflows.export_incidents(
        hub.store, actor, ALL, hub.settings, file_format="json", made=date(2026, 6, 1), **given
    ).content.decode("utf-8")


def test_rows_not_to_be_handed_on_stay_and_the_file_says_so(told):
    agree(told)
    police = Actor("p1", "police", frozenset({Role.POLICE_PARTNER}))
    text = export(told, police)
    assert "W001" not in text
    assert "rows of wardens, whose agreement does not allow them to be handed on" in text
    assert "W001" in export(told, told.actor)
    agree(told, "onward_sharing = true")
    assert "W001" in export(told, police)


def test_a_reason_is_asked_for_and_goes_on_record(told):
    agree(told, "reason_needed = true")
    with pytest.raises(ReasonNeededError, match="problem-solving"):
        export(told, told.actor)
    assert "W001" in export(told, told.actor, reason="case-review")
    assert '"reason":"case-review"' in told.store.audit(EVERYTHING)["detail"].iloc[-1]


def test_what_is_past_its_time_is_listed_before_it_goes(told):
    agree(told, "retention_days = 30")
    (found,) = workflows.retain(told.store, told.actor, dry_run=True, today=date(2026, 4, 30))
    assert (found.months, found.rejected) == ((("2026-03", 1),), 0)
    assert "wardens: 1 rows ended before 2026-03-31" in next(found.lines())
    assert refs(told) == ["W001", "W002", "W003"]


def test_what_is_past_its_time_is_removed_for_good(told):
    agree(told, "retention_days = 30")
    assert b"Marked words" in bytes_of(told)
    (gone,) = workflows.retain(told.store, told.actor, today=date(2026, 5, 1))
    assert gone.rows == 2
    assert refs(told) == ["W003"]
    assert b"Marked words" not in bytes_of(told)
    assert '"rows":2' in told.store.audit(EVERYTHING)["detail"].iloc[-1]
    assert workflows.retain(told.store, told.actor, today=date(2026, 5, 1)) == []
    assert told.store.verify_audit() == []


def test_a_file_sent_again_does_not_bring_old_rows_back(told):
    agree(told, "retention_days = 30")
    workflows.retain(told.store, told.actor, today=date.max.replace(year=2030))
    again = load(told, report("W001", "03/03/2026"), report("W003", "01/05/2026"))
    assert (again.read, again.added, again.rejected) == (2, 0, 2)
    refused = told.store.rejected(again.batch, EVERYTHING)
    assert refused["reason"].str.contains("older than its sharing agreement").all()
    assert refused["source_ref"].isna().all()


def test_refused_rows_lose_cell_and_reference(told):
    agree(told, "retention_days = 30")
    (gone,) = workflows.retain(told.store, told.actor, today=date(2036, 1, 1))
    refused = told.store.rejected("b0001", EVERYTHING)
    assert (gone.rejected, len(refused)) == (1, 1)
    assert refused[["cell", "source_ref"]].isna().all(axis=None)
    assert refused["reason"].notna().all()


def test_undoing_a_delivery_that_is_gone_is_refused_with_the_reason(told):
    agree(told, "retention_days = 30")
    workflows.retain(told.store, told.actor, today=date(2036, 1, 1))
    with pytest.raises(ConflictError, match="3 rows were removed for good"):
        workflows.undo_delivery(told.store, told.actor, "b0001")
    assert delivery_list(told.store, told.actor)[0].added == 3


def test_a_person_is_found_told_and_erased_by_reference(told):
    load(told, report("W001", "03/03/2026", "Marked again"), name="changed.csv")
    found = workflows.find_subject(told.store, told.actor, " W001 ", source="wardens")
    assert found.lines() == [
        "wardens: 1 current, 2026-03",
        "wardens: 1 earlier, 2026-03",
    ]
    told_all = json.loads(workflows.export_subject(told.store, told.actor, "W001"))
    assert [row["description"] for row in told_all["rows"]] == ["Marked again", "Marked words"]
    gone = workflows.erase_subject(told.store, told.actor, "W001")
    assert (gone.rows, gone.earlier, gone.deliveries) == (1, 1, 2)
    assert refs(told) == ["W002", "W003"]
    assert b"Marked" not in bytes_of(told)
    assert b"W001" not in bytes_of(told)
    assert told.store.verify_audit() == []
    with pytest.raises(NotFoundError):
        workflows.find_subject(told.store, told.actor, "W001")


def test_an_erased_person_is_not_taken_in_again(told):
    workflows.erase_subject(told.store, told.actor, "W001")
    again = load(told, report("W001", "03/03/2026"), report("W005", "01/05/2026"))
    assert (again.read, again.added, again.rejected) == (2, 1, 1)
    refused = told.store.rejected(again.batch, EVERYTHING)
    assert refused["reason"].tolist() == ["erased at a person's request; it is not taken in again"]
    assert b"W001" not in bytes_of(told)


def test_a_refused_row_is_found_and_cleared_by_reference(told):
    found = workflows.find_subject(told.store, told.actor, "W004")
    assert found.lines() == ["refused row 5 of delivery b0001"]
    workflows.erase_subject(told.store, told.actor, "W004")
    assert b"W004" not in bytes_of(told)


def test_another_source_keeps_its_rows_of_the_same_reference(told):
    load(told, report("W001", "02/05/2026"), name="other.csv", source="rangers")
    workflows.erase_subject(told.store, told.actor, "W001", source="wardens")
    assert refs(told) == ["W001", "W002", "W003"]


def test_only_who_answers_for_it_may(told):
    analyst = replace(told.actor, roles=frozenset({Role.ANALYST}))
    for job in (workflows.find_subject, workflows.export_subject, workflows.erase_subject):
        with pytest.raises(NotAllowedError):
            job(told.store, analyst, "W001")
    with pytest.raises(NotAllowedError):
        workflows.retain(told.store, analyst)
    with pytest.raises(NotAllowedError):
        workflows.set_agreement(told.store, analyst, told.folder / "none.toml")
    with pytest.raises(NotAllowedError):
        workflows.agreement_list(told.store, analyst)
