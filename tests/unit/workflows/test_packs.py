"""A pack holds what the pages show its maker, in every format alike, and nothing restricted."""

import hashlib
import io
import json
import random
from dataclasses import replace
from datetime import date

import docx
import openpyxl
import pptx
import pytest
import shapely

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.errors import ConfigError, ExportError, NotAllowedError, NotFoundError
from aim.model.actions import ActionPlan, ActionRecord, Site, Stage
from aim.model.filters import read_filter
from aim.model.people import EVERYTHING, Actor, Role
from aim.model.tasks import EventKind, TaskEvent
from aim.workflows.packs import (
    MOST_DRAWN,
    decision_log,
    export_log,
    export_pack,
    group_pack,
    look_of,
    meeting_pack,
)

TODAY = date(2026, 5, 11)
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
NAMED = Actor("named", "hub", frozenset({Role.COORDINATOR}))
OFFICER = Actor("o1", "wardens", frozenset({Role.OFFICER}))
SETTINGS = Settings(partnership="Norbeck CSP", handling="OFFICIAL")
APRIL = read_filter({"since": "2026-04-01", "until": "2026-05-01"})


@pytest.fixture(scope="module")
def office(filled_hub):
    """Give a store with a run of two places, a group of one ward, two meetings and actions."""
    store = filled_hub.store
    run = workflows.find_hotspots(store, LOCAL_ANALYST, APRIL, save=True)
    places = run.hotspots["hotspot_id"].tolist()
    words = {"name": "Nights", "purpose": "Fewer reports", "wards": "Abbey", "members": "o1"}
    group = workflows.add_group(store, LEAD, words).key
    before = workflows.add_meeting(store, LEAD, {"day": "2026-05-04", "group": group})
    decided = {"hotspot_id": places[0], "choice": "watch", "noted": "Look again"}
    workflows.decide(store, LEAD, before.key, decided)
    meeting = workflows.add_meeting(store, LEAD, {"day": "2026-05-11", "group": group}).key
    site = Site("Quay Street", "found", outline=shapely.to_wkt(run.hotspots["geometry"].iloc[0]))
    plan = ActionPlan("Mend the lights", site=site, group=group, owner="o1", due=date(2026, 5, 1))
    keep(store, "k1", ActionRecord(plan, Stage.UNDER_WAY, progress=20))
    reviewed = replace(plan, title="Joint walks")
    found = ActionRecord(
        reviewed, Stage.REVIEWED, result="It worked", measured=("4 after 12.",), doubts=("Few.",)
    )
    keep(store, "k2", found)
    keep(store, "k3", ActionRecord(replace(plan, title="Not this"), Stage.DROPPED, reason="No"))
    return store, group, meeting


def keep(store, key, record):
    with store.transaction() as change:
        change.add_task(key, record, TaskEvent(EventKind.ADDED), actor="lead")


def group_of(office, who=LEAD):
    return group_pack(office[0], who, office[1], SETTINGS, today=TODAY)


def meeting_of(office, who=LEAD):
    return meeting_pack(office[0], who, office[2], SETTINGS, today=TODAY)


def test_a_groups_pack_lists_the_places_of_its_wards_and_its_own_actions(office):
    pack = group_of(office)
    listed = [(one.place, one.wards, one.reports) for one in pack.places]
    assert listed == [("Quay Street", "Abbey", 12)]
    assert [(one.title, one.rating, one.progress) for one in pack.actions] == [
        ("Mend the lights", "Red", 20)
    ]
    assert [one.title for one in pack.results] == ["Joint walks"]
    assert pack.facts[1:] == (("Reports there", "12"), ("Actions open", "1"), ("Of them late", "1"))
    assert pack.before_day == ""


def test_a_group_of_no_ward_and_no_place_has_the_whole_list(office):
    group = workflows.add_group(office[0], LEAD, {"name": "All", "purpose": "All"}).key
    pack = group_pack(office[0], LEAD, group, SETTINGS, today=TODAY)
    assert [one.rank for one in pack.places] == [1, 2]
    assert pack.actions == ()


def test_a_meetings_pack_is_its_page(office):
    store, _, meeting = office
    pack, page = meeting_of(office), workflows.meeting_view(store, LEAD, meeting, today=TODAY)
    shown = [(one.rank, one.place, one.wards, one.reports, one.change) for one in pack.places]
    assert shown == [
        (one.rank, one.place, one.wards, one.incidents, one.change) for one in page.places
    ]
    assert [one.title for one in pack.late] == [one.title for one in page.late]
    assert (pack.before[0].decision, pack.before[0].noted) == ("Watch", "Look again")
    assert pack.before_day == "4 May 2026"
    assert pack.places[0].being_done == "Under way: Mend the lights"
    assert "12 times" not in pack.places[0].doubt
    assert "chance" in pack.places[0].doubt


def test_no_pack_tells_a_probability_or_a_radius_but_to_analysts(office):
    pack = meeting_of(office, Actor("o1", "Norbeck Police", frozenset({Role.POLICE_PARTNER})))
    assert pack.made_with == ()
    told = " ".join((*pack.notes, *(one.doubt for one in pack.places), pack.list_said))
    assert "eps" not in told
    assert "probability" not in told
    assert "eps 150 m" in " ".join(meeting_of(office).made_with)


def test_each_place_is_drawn_with_words_and_more_than_a_dozen_are_not(office, monkeypatch):
    pack = meeting_of(office)
    assert all(one.picture.startswith("<svg") for one in pack.places)
    assert (
        pack.alt == "Map of the places on the list, numbered by rank: 1 Quay Street; 2 Mill Lane."
    )
    assert "Map of Quay Street" in pack.places[0].alt
    monkeypatch.setattr("aim.workflows.packs.MOST_DRAWN", 1)
    cut = meeting_of(office)
    assert [bool(one.picture) for one in cut.places] == [True, False]
    assert "The first 1 of 2 places are drawn; all are listed." in cut.notes
    assert MOST_DRAWN > 1


def test_who_may_see_no_run_gets_no_list_and_is_told(office):
    pack = group_of(office, OFFICER)
    assert pack.places == ()
    assert pack.list_said == "There is no saved list of hotspots that you may see."
    assert [one.title for one in pack.actions] == ["Mend the lights"]


def test_only_who_sees_groups_and_takes_files_gets_a_pack(office):
    for role in (Role.COUNCILLOR, Role.SCRUTINY, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowedError):
            group_of(office, Actor("x", "hub", frozenset({role})))
    with pytest.raises(NotFoundError):
        group_of(office, Actor("f", "fire", frozenset({Role.OFFICER})))
    with pytest.raises(NotFoundError):
        meeting_pack(office[0], LEAD, "nothing", SETTINGS, today=TODAY)
    with pytest.raises(ExportError, match="pdf, docx, xlsx, pptx"):
        export_pack(office[0], LEAD, SETTINGS, group=office[1], file_format="odt", today=TODAY)


def test_a_restricted_action_changes_nothing_for_anybody_it_does_not_name(office, monkeypatch):
    monkeypatch.setattr("aim.workflows.packs.draw_place", lambda *_: ("", ""))
    store, group, _ = office
    rng = random.Random(6)
    roles = [Role.ANALYST, Role.COORDINATOR, Role.OFFICER, Role.POLICE_PARTNER]
    people = [
        Actor(f"p{number}", agency, frozenset(rng.sample(roles, rng.randint(1, 3))))
        for number, agency in enumerate(("hub", "wardens", "Norbeck Police", "hub"))
    ] + [LEAD, Actor("o1", "wardens", frozenset({Role.OFFICER}))]
    people = [one for one in people if sees(store, one, group)]
    before = [(group_of(office, one), meeting_of(office, one)) for one in people]
    hidden = store.run("r0001", EVERYTHING).hotspots["geometry"].iloc[1]
    site = Site("Mill Lane", "found", outline=shapely.to_wkt(hidden))
    secret = ActionPlan("Behind doors", site=site, group=group, readers=frozenset({"named"}))
    keep(store, "secret", ActionRecord(secret, Stage.UNDER_WAY))
    assert [(group_of(office, one), meeting_of(office, one)) for one in people] == before
    seen = group_of(office, NAMED)
    assert [one.readers for one in seen.actions if one.title == "Behind doors"] == ["named"]
    assert any("Do not hand it round" in note for note in seen.notes)
    assert [one.place for one in seen.places] == ["Quay Street", "Mill Lane"]


def sees(store, actor, group):
    try:
        return bool(workflows.find_group(store, actor, group))
    except NotFoundError:
        return False


@pytest.mark.parametrize("file_format", ["docx", "xlsx", "pptx"])
def test_every_format_holds_the_numbers_of_the_page(office, file_format):
    store, _, meeting = office
    made = export_pack(store, LEAD, SETTINGS, meeting=meeting, file_format=file_format, today=TODAY)
    page = workflows.meeting_view(store, LEAD, meeting, today=TODAY)
    listed = [row[:5] for row in TABLES[file_format](made.content)]
    assert listed == [
        [str(one.rank), one.place, one.wards, str(one.incidents), one.change] for one in page.places
    ]


def word_rows(content):
    for table in docx.Document(io.BytesIO(content)).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows[0][0] == "Rank":
            yield from rows[1:]


def sheet_rows(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Hotspots"]
    for row in sheet.iter_rows(min_row=2, values_only=True):
        yield [str(cell) for cell in row]


def slide_rows(content):
    for slide in pptx.Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            if shape.has_table and shape.table.cell(0, 0).text == "Rank":
                rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
                yield from rows[1:]


TABLES = {"docx": word_rows, "xlsx": sheet_rows, "pptx": slide_rows}


def test_the_record_keeps_the_hash_of_what_was_taken(office):
    store, group, meeting = office
    made = export_pack(store, LEAD, SETTINGS, group=group, file_format="pdf", today=TODAY)
    assert made.content.startswith(b"%PDF-")
    assert made.name == f"pack-{group}-2026-05-11.pdf"
    log = export_log(store, LEAD, meeting, SETTINGS, today=TODAY)
    assert log.name == f"decisions-{meeting}.docx"
    entries = store.audit(EVERYTHING)["detail"].iloc[-2:].map(json.loads).tolist()
    assert [one["list"] for one in entries] == ["pack", "decisions"]
    hashes = [hashlib.sha256(one.content).hexdigest() for one in (made, log)]
    assert [one["sha256"] for one in entries] == hashes
    assert (entries[0]["group"], entries[0]["format"], entries[0]["rows"]) == (group, "pdf", 1)


def test_the_newest_meeting_is_found_by_that_word(office):
    store, _, meeting = office
    made = export_log(store, LEAD, "newest", SETTINGS, today=TODAY)
    assert made.name == f"decisions-{meeting}.docx"
    with pytest.raises(NotFoundError, match="aim meeting add"):
        export_log(
            store, Actor("f", "fire", frozenset({Role.OFFICER})), "newest", SETTINGS, today=TODAY
        )


def test_a_log_says_what_was_decided_and_what_was_not(office):
    store, group, _ = office
    held = workflows.add_meeting(store, LEAD, {"day": "2024-01-08", "agencies": "fire"})
    places = store.run("r0001", EVERYTHING).hotspots["hotspot_id"].tolist()
    words = {"hotspot_id": places[1], "choice": "take up", "group": group}
    workflows.decide(store, LEAD, held.key, words)
    log = decision_log(store, LEAD, held.key, SETTINGS, today=TODAY)
    assert log.title == "Decisions of the meeting of 8 January 2024"
    told = [(one.place, one.decision) for one in log.decisions]
    assert told == [("Mill Lane", "Take up with a group: Nights")]
    assert log.undecided == ("1. Quay Street",)
    assert ("Present", "fire") in log.facts
    assert [one.title for one in log.late] == ["Mend the lights"]


def test_a_crest_that_cannot_be_printed_is_a_setting_to_mend(tmp_path):
    with pytest.raises(ConfigError, match="Mend AIM_CREST"):
        look_of(Settings(crest=tmp_path / "absent.png"))
    drawing = tmp_path / "crest.png"
    drawing.write_bytes(b"<svg/>")
    with pytest.raises(ConfigError, match="PNG or a JPEG"):
        look_of(Settings(crest=drawing))
    with pytest.raises(ConfigError, match="too pale"):
        look_of(Settings(accent_colour="#ffee00"))
    assert look_of(Settings()).crest == b""
