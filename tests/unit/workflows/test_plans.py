"""Plans: kept with versions, gaps named at once, papers without anything restricted, read back."""

import io
import random
from datetime import date

import docx
import pytest
import shapely

from aim import workflows
from aim.access import LOCAL_ANALYST, task_reach_of
from aim.config import Settings
from aim.errors import ConflictError, NotAllowedError, NotFoundError, ParameterError
from aim.model.actions import ActionPlan, ActionRecord, Site, Stage
from aim.model.filters import read_filter
from aim.model.groups import Group
from aim.model.people import EVERYTHING, Actor, Role
from aim.model.plans import Osara
from aim.model.tasks import EventKind, TaskEvent
from aim.workflows.delivery_plans import plan_of
from aim.workflows.osara import LONGEST_PART, find_record, record_list
from aim.workflows.plan_papers import plan_paper

TODAY = date(2026, 5, 4)
SETTINGS = Settings(partnership="Norbeck Partnership")
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
OTHER = Actor("other", "hub", frozenset({Role.COORDINATOR}))
WARDEN = Actor("warden-7", "wardens", frozenset({Role.OFFICER}))
STRANGER = Actor("fire-1", "fire", frozenset({Role.OFFICER}))
COUNCILLOR = Actor("c1", "council", frozenset({Role.COUNCILLOR}))
FULL = {
    "indicator": "Reports of disorder",
    "types": "asb",
    "first_year": "2026",
    "baseline": "18",
    "target_1": "15",
    "target_2": "12",
    "target_3": "10",
    "profile": "victims | aged 18 to 24 | 31 % | Police, 2025/26",
    "existing": "Walks | Council | Reports fell",
    "barriers": "No lights",
    "gaps": "No youth work",
    "milestones": "Fly-tips" + " | 4" * 12,
    "risks": "The fund ends | Ask early | lead",
}


@pytest.fixture(scope="module")
def borough(filled_hub):
    """Give a store with a saved run, and its first hotspot as forms name it."""
    run = workflows.find_hotspots(
        filled_hub.store,
        LOCAL_ANALYST,
        read_filter({"since": "2026-04-01", "until": "2026-05-01"}),
        save=True,
    )
    return filled_hub.store, f"hotspot:{run.hotspots['hotspot_id'].iloc[0]}"


@pytest.fixture
def group(borough):
    words = {
        "name": "Harbour nights",
        "purpose": "Less noise",
        "lead_agency": "council",
        "chair": "lead",
        "partners": "wardens",
        "wards": "Abbey",
        "start": "2026-05-01",
        "reviews": "2026-09-07",
    }
    return workflows.add_group(borough[0], LEAD, words).key


@pytest.fixture
def store(borough):
    return borough[0]


def paper_of(store, group, actor=LEAD):
    return plan_paper(store, actor, group, SETTINGS, today=TODAY)


def written(store, group, actor=LEAD, form="delivery"):
    made = workflows.export_plan(store, actor, group, SETTINGS, form=form, today=TODAY)
    return made.content


def test_a_plan_is_kept_field_by_field_and_its_history_stays(store, group):
    first = workflows.change_plan(store, LEAD, group, FULL, version=0)
    second = workflows.change_plan(store, LEAD, group, {"target_2": ""}, version=1)
    assert (first.version, second.version) == (1, 2)
    assert second.what.targets == (15, None, 10)
    assert second.what.milestones == first.what.milestones
    view = workflows.plan_view(store, LEAD, group, SETTINGS)
    assert [one.what for one in view.history] == ["changed", "added"]
    assert view.history[0].changes == (("Target of year 2", "12", "not said"),)
    assert workflows.change_plan(store, LEAD, group, {"target_2": ""}).version == 2


def test_two_people_lose_nothing_of_a_plan_or_a_record(store, group, borough):
    workflows.change_plan(store, LEAD, group, {"indicator": "A"}, version=0)
    for seen in (0, 2):
        with pytest.raises(ConflictError, match="changed from version"):
            workflows.change_plan(store, OTHER, group, {"indicator": "B"}, version=seen)
    kept = workflows.add_record(store, LEAD, {"group": group, "site": borough[1]})
    workflows.change_record(store, LEAD, kept.key, {"objective": "Quiet"}, version=1)
    with pytest.raises(ConflictError):
        workflows.change_record(store, OTHER, kept.key, {"objective": "Loud"}, version=1)
    assert find_record(store, LEAD, kept.key).what.objective == "Quiet"


def test_gaps_of_plan_and_records_are_named_at_once(store, group, borough):
    assert len(workflows.gaps_of_plan(store, LEAD, group)) == 11
    workflows.change_plan(store, LEAD, group, FULL)
    words = {"title": "Lights", "group": group, "agency": "council", "cost": "9"}
    workflows.draft_action(store, LEAD, {**words, "plausibility": "It worked at Mill Lane"})
    assert workflows.gaps_of_plan(store, LEAD, group) == ()
    workflows.add_record(store, LEAD, {"group": group, "site": borough[1], "objective": "Quiet"})
    gaps = workflows.gaps_of_plan(store, LEAD, group)
    assert len(gaps) == 4
    assert all("nothing under" in gap for gap in gaps)


def test_every_box_is_masked_and_has_an_end(store, group, borough):
    words = {"existing": "Ring 01632 960123 | jo@example.org", "indicator": "01632 960123"}
    kept = workflows.change_plan(store, LEAD, group, words).what
    assert kept.existing[0].what == "Ring [phone]"
    assert kept.existing[0].funding == "[email]"
    assert kept.indicator == "[phone]"
    asked = {"group": group, "site": borough[1], "analysis": " mail\n\n jo@example.org "}
    record = workflows.add_record(store, LEAD, asked)
    assert record.what.analysis == "mail\n[email]"
    workflows.change_record(store, LEAD, record.key, {"response": "a" * LONGEST_PART})
    with pytest.raises(ParameterError, match="two pages"):
        workflows.change_record(store, LEAD, record.key, {"response": "a" * (LONGEST_PART + 1)})


def test_a_place_has_one_record_in_a_group_and_a_record_has_a_place(store, group, borough):
    asked = {"group": group, "site": borough[1]}
    workflows.add_record(store, LEAD, asked)
    with pytest.raises(ConflictError, match="already"):
        workflows.add_record(store, LEAD, asked)
    with pytest.raises(ParameterError, match="no place"):
        workflows.add_record(store, LEAD, {"group": group})


def test_who_may_not_plan_changes_nothing_and_who_is_not_in_it_sees_nothing(store, group, borough):
    record = workflows.add_record(store, LEAD, {"group": group, "site": borough[1]})
    for actor in (WARDEN, COUNCILLOR):
        for ask in (
            lambda who: workflows.change_plan(store, who, group, FULL),
            lambda who: workflows.add_record(store, who, {"group": group}),
            lambda who: workflows.change_record(store, who, record.key, {"objective": "x"}),
            lambda who: workflows.read_plan_file(store, who, "plan.docx"),
        ):
            with pytest.raises(NotAllowedError):
                ask(actor)
    assert find_record(store, WARDEN, record.key).what.site == record.what.site
    for ask in (
        lambda: find_record(store, STRANGER, record.key),
        lambda: workflows.plan_view(store, STRANGER, group, SETTINGS),
        lambda: written(store, group, STRANGER),
    ):
        with pytest.raises(NotFoundError):
            ask()
    with pytest.raises(NotAllowedError):
        written(store, group, COUNCILLOR)


def test_the_paper_counts_what_the_hub_holds(store, group, borough):
    workflows.change_plan(store, LEAD, group, {**FULL, "types": "", "first_year": "2027"})
    workflows.add_record(store, LEAD, {"group": group, "site": borough[1]})
    paper = paper_of(store, group)
    found = {one.title: one for one in paper.evidence}
    assert found["Geography and population"].rows[0][0] == "Abbey"
    assert found["Geography and population"].rows[0][1] == "Not supplied"
    assert paper.years[0] == "2026/27"
    assert paper.rates == ("", "", "", "")
    here = dict(paper.of_places[0][0].rows)
    counted = int(found["Places of the group"].rows[0][2])
    assert here["Reports"] == str(counted)
    assert counted > 0
    assert found["Hotspots"].rows[0][1] == "12"
    assert "r0001" in found["Hotspots"].source
    assert found["Victims by age"].rows == ()


def test_the_baselines_year_is_counted_only_where_the_hub_holds_it_whole(store, group):
    workflows.change_plan(store, LEAD, group, FULL)
    assert "does not hold the whole of 2025/26" in paper_of(store, group).counted
    workflows.change_plan(store, LEAD, group, {"types": ""})
    assert paper_of(store, group).counted == ""


@pytest.mark.parametrize("form", ["osara", "delivery"])
def test_a_written_plan_reads_back_into_a_draft_group(store, group, borough, form, tmp_path):
    workflows.change_plan(store, LEAD, group, FULL)
    words = {"group": group, "title": "Lights", "agency": "council", "funding": "Capital"}
    workflows.draft_action(store, LEAD, {**words, "plausibility": "It worked"})
    asked = {"group": group, "site": borough[1], "objective": "Quiet", "scanning": "a\nb"}
    workflows.add_record(store, LEAD, asked)
    path = tmp_path / "plan.docx"
    path.write_bytes(renamed(written(store, group, form=form), f"Read {form}"))
    reading = workflows.read_plan_file(store, OTHER, path)
    read = store.task(Group, reading.group, task_reach_of(OTHER)).what
    assert (read.name, read.wards, read.partners) == (f"Read {form}", ("E05099001",), ("wardens",))
    (action,) = [one for one in all_actions(store) if one.plan.group == reading.group]
    assert (action.stage, action.plan.funding) == (Stage.DRAFT, "Capital")
    if form == "delivery":
        before, after = (plan_of(store, OTHER, one).what for one in (group, reading.group))
        assert (after.milestones, after.types) == (before.milestones, before.types)
    else:
        (record,) = record_list(store, OTHER, reading.group)
        assert (record.what.objective, record.what.scanning) == ("Quiet", "a\nb")


def test_reading_names_gaps_and_keeps_nothing_when_only_asked(store, group, tmp_path):
    path = tmp_path / "plan.docx"
    path.write_bytes(renamed(written(store, group), "Only looked at"))
    reading = workflows.read_plan_file(store, LEAD, path, keep=False)
    assert reading.group == ""
    assert "A: say the baseline." in reading.gaps
    assert "Missing: A: say the baseline." in workflows.reading_text(reading)
    kept = store.tasks(Group, task_reach_of(LEAD))
    assert "Only looked at" not in {one.what.name for one in kept}


def test_a_plan_of_a_group_that_exists_is_not_kept_twice(store, group, tmp_path):
    path = tmp_path / "plan.docx"
    path.write_bytes(written(store, group))
    with pytest.raises(ConflictError, match="there is a group of that name"):
        workflows.read_plan_file(store, LEAD, path)


def test_the_record_of_a_written_plan_keeps_its_hash(store, group):
    written(store, group)
    last = store.audit(EVERYTHING).iloc[-1]
    assert "sha256" in str(last.to_dict())
    with pytest.raises(ParameterError, match="osara, delivery"):
        written(store, group, form="five-year")


@pytest.mark.slow
def test_no_plan_differs_with_and_without_what_is_restricted(store, group, borough):
    """Whoever writes it, those it names among them: a plan is handed round."""
    rng = random.Random(4)
    shape = shapely.to_wkt(shapely.box(480_000, 530_000, 481_000, 531_000))
    secret = Site("Behind doors", "raised by people", outline=shape, readers=frozenset({"lead"}))
    people = (LEAD, OTHER, WARDEN, LOCAL_ANALYST)
    actor = rng.choice(people)
    workflows.add_record(store, LEAD, {"group": group, "site": borough[1]})
    before = {
        (who.id, form): docx_texts(written(store, group, who, form))
        for who, form in ((LEAD, "osara"), (actor, "delivery"))
    }
    pages = {who.id: workflows.plan_view(store, who, group, SETTINGS) for who in people[1:]}
    library = {who.id: workflows.responses_view(store, who) for who in people[1:]}
    with store.transaction() as change:
        event = TaskEvent(EventKind.ADDED)
        change.add_task("s1", secret, event, actor="lead")
        change.add_task("s2", Osara(secret, group, "Hidden words"), event, actor="lead")
        for number, plan in enumerate(
            (
                ActionPlan("Watch", group=group, response="patrol", readers=frozenset({"lead"})),
                ActionPlan("Look", site=secret, group=group, readers=frozenset({"lead"})),
            )
        ):
            record = ActionRecord(plan, Stage.REVIEWED, result="It was found out")
            change.add_task(f"s{3 + number}", record, event, actor="lead")
    for (who, form), texts in before.items():
        written_by = next(one for one in people if one.id == who)
        assert docx_texts(written(store, group, written_by, form)) == texts
    for who in people[1:]:
        assert workflows.plan_view(store, who, group, SETTINGS) == pages[who.id]
        assert workflows.responses_view(store, who) == library[who.id]
    told = workflows.responses_view(store, LEAD)
    assert sum(one.tried for one in told.tried) == 2


def test_the_library_says_what_came_of_each_kind(store, group):
    plans = {
        "t1": ActionPlan("Walk", types=("asb",), agency="wardens", response="patrol"),
        "t2": ActionPlan("Talk", types=("burglary",), partners=("fire",), response="patrol"),
        "t3": ActionPlan("Draw", types=("burglary",)),
    }
    stages = {"t1": Stage.REVIEWED, "t2": Stage.DONE, "t3": Stage.DRAFT}
    with store.transaction() as change:
        for key, plan in plans.items():
            record = ActionRecord(
                plan, stages[key], result="Fewer", measured=("From 12 to 3.",), doubts=("Short.",)
            )
            change.add_task(key, record, TaskEvent(EventKind.ADDED), actor="other")
    (patrol,) = workflows.responses_view(store, OTHER).tried
    assert (patrol.key, patrol.tried, patrol.reviewed) == ("patrol", 2, 1)
    assert patrol.agencies == ("fire", "wardens")
    assert [one.key for one in patrol.lines] == ["t1", "t2"]
    only = workflows.responses_view(store, OTHER, of_type="burglary")
    assert [one.key for line in only.tried for one in line.lines] == ["t2"]
    text = workflows.responses_text(store, OTHER, of_type="burglary")
    assert "Patrol: tried 1 time" in text
    assert workflows.responses_text(store, OTHER, of_type="drugs").startswith("Nothing was tried")
    with pytest.raises(NotAllowedError):
        workflows.responses_view(store, COUNCILLOR)


def all_actions(store):
    return [one.what for one in store.tasks(ActionRecord, task_reach_of(LEAD))]


def renamed(content, name):
    document = docx.Document(io.BytesIO(content))
    title = next(one for one in document.paragraphs if one.style.name == "Title")
    title.runs[0].text = name
    changed = io.BytesIO()
    document.save(changed)
    return changed.getvalue()


def docx_texts(content):
    """Return everything a document says."""
    document = docx.Document(io.BytesIO(content))
    texts = [one.text for one in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*texts, *cells]
