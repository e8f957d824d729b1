"""Visits, tonight's card, what a place was given, and returns."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import shapely

from aim import workflows
from aim.access import LOCAL_ANALYST, task_reach_of
from aim.config import Settings
from aim.errors import (
    ActionStateError,
    AimError,
    ExportError,
    NotAllowedError,
    NotFoundError,
    ParameterError,
)
from aim.model.actions import Site
from aim.model.agreements import Agreement, Regime
from aim.model.crs import to_degrees
from aim.model.filters import read_filter
from aim.model.people import EVERYTHING, Actor, Role
from aim.model.tasks import TaskReach
from aim.model.visits import Visit
from aim.workflows.exposure import exposure_chart, given_at, say_exposure
from aim.workflows.periods import Period
from aim.workflows.visits import visit_list

NOW = datetime(2026, 5, 4, 22, tzinfo=UTC)
TODAY = date(2026, 5, 4)
LEAD = Actor("lead", "hub", frozenset({Role.COORDINATOR}))
WARDEN = Actor("warden-7", "wardens", frozenset({Role.OFFICER}))
FIRE = Actor("fire-1", "fire", frozenset({Role.OFFICER}))
COUNCILLOR = Actor("c1", "council", frozenset({Role.COUNCILLOR}))
NIGHTS = "Job No,Date,Time,Category,Location,Easting,Northing,Details\n" + "".join(
    f"{place[0]}{n},{day:02d}/04/2026,{hour}:10,Nuisance,{place},{east + 8 * (n % 5)},{north},-\n"
    for place, east, north, hours in (
        ("Quay Street", 480_300, 530_400, (21, 22, 22, 22, 23, 22)),
        ("Mill Lane", 481_500, 530_500, (18, 18, 19, 18, 12, 18)),
    )
    for n, (day, hour) in enumerate([(day, hour) for hour in hours for day in (1, 15, 30)])
)


@pytest.fixture(scope="module")
def borough(filled_hub):
    """Give a store with dated reports at two corners, a designated area and a saved run."""
    store, folder = filled_hub.store, filled_hub.folder
    path = folder / "nights.csv"
    path.write_text(NIGHTS, encoding="utf-8")
    workflows.ingest_feed(
        store, LOCAL_ANALYST, feed="wardens", path=path, source="wardens", agency="wardens"
    )
    period = {"since": "2026-04-01", "until": "2026-05-01"}
    run = workflows.find_hotspots(store, LOCAL_ANALYST, read_filter(period), save=True)
    words = {"name": "Order area", "owner": "council", "purpose": "PSPO", "since": "2026-04-01"}
    area = workflows.add_site(store, LEAD, words, outline=folder / "wards.geojson")
    return store, f"place:{area.key}", f"hotspot:{run.hotspots['hotspot_id'].iloc[0]}", folder


def log(borough, actor=WARDEN, **words):
    said = {"site": borough[1], "minutes": "30", "day": "2026-05-03", "time": "21:00", **words}
    return workflows.log_visit(borough[0], actor, said, now=NOW)


# --- logging -------------------------------------------------------------------------------------


def test_a_visit_is_kept_masked_with_its_powers(borough):
    kept = log(borough, done="Ring 01632 960123", powers="cpn 2").what
    assert (kept.agency, kept.minutes, kept.done) == ("wardens", 30, "Ring [phone]")
    assert kept.at == datetime(2026, 5, 3, 20, tzinfo=UTC)
    assert kept.powers == (("cpn", 2),)
    now = log(borough, day="", time="", minutes="").what
    assert (now.at, now.minutes) == (NOW - timedelta(minutes=15), 15)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"site": ""}, "choose the place"),
        ({"day": "2026-05-05"}, "which is to come"),
        ({"time": "late"}, "time of the clock"),
        ({"minutes": "0"}, "from 1 to 1440"),
        ({"powers": "arrest"}, "no power"),
    ],
)
def test_what_is_no_visit_is_refused(borough, words, why):
    with pytest.raises(ParameterError, match=why):
        log(borough, **words)


def test_an_officer_logs_for_the_own_agency_alone(borough):
    with pytest.raises(NotAllowedError, match="its own people"):
        log(borough, agency="fire")
    assert log(borough, LEAD, agency="fire").what.agency == "fire"
    with pytest.raises(NotAllowedError):
        log(borough, COUNCILLOR)


def test_a_visit_goes_at_once_without_a_word_and_later_with_one(borough):
    store = borough[0]
    key = log(borough).key
    with pytest.raises(NotFoundError):
        workflows.take_back_visit(store, FIRE, key, now=NOW)
    for late in (timedelta(minutes=1, seconds=1), timedelta(days=1)):
        with pytest.raises(ActionStateError, match="say why"):
            workflows.take_back_visit(store, WARDEN, key, now=NOW + late)
    minute = NOW + timedelta(minutes=1)
    assert not workflows.take_back_visit(store, WARDEN, key, now=minute).what.counts
    assert key not in {one.key for one in visit_list(store, WARDEN)}
    with pytest.raises(ActionStateError, match="it was already"):
        workflows.take_back_visit(store, WARDEN, key, now=minute, why="So")
    other = log(borough).key
    gone = workflows.take_back_visit(store, LEAD, other, now=NOW, why="Wrong place")
    assert gone.what.taken_back == "Wrong place"
    colleague = Actor("warden-8", "wardens", frozenset({Role.OFFICER}))
    with pytest.raises(NotAllowedError, match="that warden-7 logged"):
        workflows.take_back_visit(store, colleague, log(borough).key, now=NOW, why="So")


# --- from files ----------------------------------------------------------------------------------


def test_a_table_adds_its_visits_once_and_explains_the_others(borough):
    store, _, _, folder = borough
    path = folder / "visits.csv"
    path.write_text(
        "Place,Date,Start,Minutes,Agency,Done,Powers\n"
        "order area,01/05/2026,21:00,15,,Walk,\n"
        "order area,01/05/2026,21:00,15,,Walk,\n"
        "Nowhere,01/05/2026,21:00,15,,,\n"
        "Order area,01/05/2026,21:00,15,fire,,\n"
        "Order area,01/05/2026,21:00,15,,,arrest\n"
        "Order area,09/05/2026,21:00,15,,,\n",
        encoding="utf-8",
    )
    before = len(visit_list(store, WARDEN))
    tried = workflows.import_visits(store, WARDEN, path, now=NOW, dry_run=True)
    assert (tried.added, len(tried.rejected)) == (2, 4)
    assert len(visit_list(store, WARDEN)) == before
    found = workflows.import_visits(store, WARDEN, path, now=NOW)
    assert [row for _, row, _ in found.rejected] == [4, 5, 6, 7]
    said = found.text()
    for words in ("No place is called 'Nowhere'", "visits of fire", "'arrest'", "is to come"):
        assert words in said
    assert len(visit_list(store, WARDEN)) == before + 2
    again = workflows.import_visits(store, WARDEN, path, now=NOW)
    assert (again.added, again.known) == (0, 2)


def test_a_track_leaves_its_stays_and_nothing_else(borough):
    store, _, _, folder = borough
    lon, lat = to_degrees([480_300.0] * 3, [530_400.0] * 3)
    times = ("2026-05-02T21:00:00Z", "2026-05-02T21:04:00Z", "2026-05-02T21:08:00Z")
    points = "".join(
        f'<trkpt lat="{y}" lon="{x}"><time>{at}</time></trkpt>'
        for x, y, at in zip(lon, lat, times, strict=True)
    )
    path = folder / "walk.gpx"
    path.write_text(f"<gpx><trk><name>Jo</name><trkseg>{points}</trkseg></trk></gpx>", "utf-8")
    found = workflows.import_track(store, WARDEN, path, now=NOW)
    assert (found.added, found.known) == (1, 0)
    (kept,) = [one.what for one in visit_list(store, WARDEN) if one.what.source == "track"]
    assert (kept.minutes, kept.site.name) == (8, "Order area")  # officers choose among kept places
    assert workflows.import_track(store, WARDEN, path, now=NOW).known == 1
    assert "Jo" not in store.audit(EVERYTHING).to_csv()
    with pytest.raises(ParameterError, match="which is to come"):
        workflows.import_track(store, WARDEN, path, now=datetime(2026, 5, 2, 21, 7, tzinfo=UTC))
    with pytest.raises(NotAllowedError):
        workflows.import_track(store, WARDEN, path, now=NOW, agency="fire")


# --- tonight's card ------------------------------------------------------------------------------


def card(borough, actor=WARDEN, **words):
    asked = workflows.read_card_question({"type": "asb", **words})
    return workflows.tonight_view(borough[0], actor, asked, Settings(), now=NOW), asked


def test_a_card_goes_by_hours_and_rests_on_dated_reports(borough):
    view, _ = card(borough, LEAD)
    assert [(one.when, one.place) for one in view.stops] == [
        *(("18:00 to 20:00", "Mill Lane"), ("21:00 to 23:00", "Quay Street")),
    ]
    assert view.stops[1].reason == (
        "18 reports in the hours of this shift, 15 of them from 21:00 to 23:00"
    )
    assert view.stops[0].reason.startswith("15 reports")  # those at noon are in no shift of a night
    assert "Reports of norbeck-police tell no time of day and are left out." in view.notes
    assert "April 2026" in view.basis


def test_a_card_holds_what_its_reader_may_see(borough):
    assert [one.place for one in card(borough, WARDEN)[0].stops] == ["Mill Lane", "Quay Street"]
    assert card(borough, FIRE)[0].stops == ()
    with pytest.raises(NotAllowedError):
        card(borough, COUNCILLOR)
    with pytest.raises(ParameterError, match="shift"):
        workflows.read_card_question({"shift": "late"})


def test_what_an_agreement_keeps_from_one_reader_is_on_nobodys_card(borough):
    store = borough[0]
    kept = Agreement(
        *("wardens", "wardens", "ISA-9", "prevention", Regime.UK_GDPR),
        roles=frozenset({Role.ANALYST, Role.COORDINATOR}),
        begins=date(2026, 1, 1),
        review=date(2099, 1, 1),
        columns=frozenset({"location_text"}),
    )
    with store.transaction() as change:
        change.set_agreement(kept, actor="tests")
    assert card(borough, LEAD)[0].stops == ()
    everybody = frozenset({*kept.roles, Role.OFFICER, Role.POLICE_PARTNER})
    with store.transaction() as change:
        change.set_agreement(replace(kept, roles=everybody), actor="tests")
    assert [one.place for one in card(borough, LEAD)[0].stops] == ["Mill Lane", "Quay Street"]


def test_one_tap_is_one_visit_and_goes_again_within_a_minute(borough):
    store = borough[0]
    view, asked = card(borough)
    stop = view.stops[1]
    for _ in range(2):
        kept = workflows.log_stop(store, WARDEN, asked, place=stop.key, visit=stop.visit, now=NOW)
    assert (kept.what.minutes, kept.what.agency) == (15, "wardens")
    assert [one.key for one in visit_list(store, WARDEN)].count(stop.visit) == 1
    after = card(borough)[0].stops[1]
    assert after.logged == "wardens was there at 22:45, 15 minutes"
    assert after.undo == stop.visit
    workflows.take_back_visit(store, WARDEN, after.undo, now=NOW)
    again = card(borough)[0].stops[1]
    assert (again.logged, again.undo) == ("", "")


def test_a_tap_the_card_does_not_know_is_refused(borough):
    _, asked = card(borough)
    with pytest.raises(NotFoundError, match="open the card again"):
        workflows.log_stop(borough[0], WARDEN, asked, place="nothing", visit="0123456789", now=NOW)
    with pytest.raises(ParameterError, match="open the card again"):
        workflows.log_stop(borough[0], WARDEN, asked, place="nothing", visit="x", now=NOW)


def test_open_actions_stand_on_the_card_of_their_team_and_restricted_ones_on_no_paper(borough):
    store, area, hotspot, _ = borough
    plan = {
        "partners": "council",
        "types": "asb",
        "months": "1",
        "target": "0",
        "owner": "warden-7",
        "agency": "wardens",
        "resource": "Two nights",
        "cost": "0",
        "priority": "Nights",
        "start": "2026-05-10",
        "due": "2026-06-10",
        "review": "2026-07-10",
    }
    for title, site, readers in (
        ("Light the steps", hotspot, ""),
        ("Kept among us", area, "warden-7"),
    ):
        words = {**plan, "title": title, "site": site, "readers": readers}
        kept = workflows.draft_action(store, LEAD, words)
        workflows.move_action(store, LEAD, kept.key, "agreed", today=TODAY)
    actions = {title for one in card(borough)[0].stops for title in one.actions}
    assert actions == {"Light the steps", "Kept among us"}
    assert not {title for one in card(borough, team="fire")[0].stops for title in one.actions}
    _, asked = card(borough)
    text = workflows.card_text(store, WARDEN, asked)
    assert "Light the steps" in text
    assert "Kept among us" not in text
    paper = workflows.card_file(store, WARDEN, asked, Settings(), made=TODAY)
    assert paper.content.startswith(b"%PDF-")


def test_a_stop_at_a_place_that_restricted_work_leads_to_is_restricted(borough):
    store, area, _, _ = borough
    secret = next(one for one in card(borough)[0].stops if "Kept among us" in one.actions)
    _, asked = card(borough)
    assert secret.place == store.task(Site, area.partition(":")[2], task_reach_of(LEAD)).what.name
    kept = workflows.log_stop(store, WARDEN, asked, place=secret.key, visit=secret.visit, now=NOW)
    assert kept.what.readers == {"lead", "warden-7"}


# --- what others see -----------------------------------------------------------------------------


def shown_to(store, who):
    looks = (
        lambda: workflows.visits_text(store, who, now=NOW),
        lambda: workflows.visits_view(store, who, now=NOW),
        lambda: workflows.card_text(store, who, workflows.read_card_question({})),
        lambda: returned(store, who),
    )
    said = []
    for look in looks:
        try:
            said.append(look())
        except AimError as error:
            said.append(str(error))
    return said


def returned(store, who, file_format="csv", **given):
    period = {"since": date(2026, 4, 1), "until": date(2026, 6, 1), **given}
    made = workflows.write_return(
        store, who, Settings(), file_format=file_format, made=TODAY, **period
    )
    return made.files


@pytest.mark.slow
def test_for_random_roles_nothing_differs_with_and_without_a_restricted_visit(borough):
    store = borough[0]
    rng = random.Random(11)
    people = [
        Actor(f"p{n}", rng.choice(["wardens", "fire", "hub"]), frozenset(rng.sample(list(Role), 2)))
        for n in range(3)
    ]
    before = [shown_to(store, one) for one in people]
    hidden = log(borough, LEAD, readers="warden-7", agency="wardens", done="Kept among us")
    assert [shown_to(store, one) for one in people] == before
    assert hidden.key in {one.key for one in visit_list(store, WARDEN)}
    given = given_at(store, TaskReach("warden-7", every=True), AROUND)
    assert hidden.what not in given.visits


# --- what a place was given ----------------------------------------------------------------------

AROUND = shapely.box(480_000, 530_000, 482_000, 531_000)


def test_exposure_adds_visits_and_equipment_days_of_a_place(borough):
    store, area, _, _ = borough
    unit = workflows.add_unit(store, LEAD, {"kind_of": "sign", "identity": "S-9"}, today=TODAY)
    words = {"site": area, "protocol": "PSPO", "since": "2026-04-20"}
    workflows.deploy_unit(store, LEAD, unit.key, words, today=TODAY)
    given = given_at(store, task_reach_of(LEAD), AROUND)
    april, may = Period(date(2026, 4, 1), date(2026, 5, 1)), Period(date(2026, 5, 1), TODAY)
    assert given.within(april, today=TODAY).unit_days == 11
    assert given.within(may, today=TODAY).unit_days == 3
    minutes = sum(
        one.what.minutes
        for one in store.tasks(Visit, TaskReach("lead", every=True))
        if one.what.counts
        and not one.what.is_restricted
        and one.what.at < NOW
        and one.what.at.date() < TODAY
    )
    assert given.within(may, today=TODAY).minutes == minutes > 0
    site = Site("Order area", "designated", outline=AROUND.wkt)
    said = say_exposure(store, LEAD, site, before=april, after=may)
    assert f"{minutes} patrol minutes" in said
    assert said.endswith("Only what was logged counts.")


def test_exposure_is_not_that_of_a_far_larger_place_or_of_elsewhere(borough):
    store = borough[0]
    small = shapely.box(480_990, 530_490, 481_010, 530_510)  # the middle of the area
    far = shapely.box(1, 1, 9, 9)
    for shape in (small, far):
        given = given_at(store, task_reach_of(LEAD), shape)
        assert (given.visits, given.deployments) == ((), ())
    site = Site("Far", "designated", outline=far.wkt)
    period = Period(date(2026, 4, 1), date(2026, 5, 1))
    assert say_exposure(store, LEAD, site, before=period, after=period) == ""


def test_minutes_are_drawn_by_month_for_who_sees_visits(borough):
    periods = {
        "before": Period(date(2026, 4, 1), date(2026, 5, 1)),
        "after": Period(date(2026, 5, 1), date(2026, 6, 1)),
    }
    months = ("2026-04", "2026-05")
    chart, words = exposure_chart(borough[0], LEAD, AROUND, months, periods)
    assert chart.rows[0] == ("April 2026", "0")
    assert words.startswith("What the place was given before: 11 equipment days; after")
    assert exposure_chart(borough[0], COUNCILLOR, AROUND, months, periods) == (None, "")


# --- returns -------------------------------------------------------------------------------------


def test_a_return_has_a_file_a_table_and_counts_reports_inside(borough):
    files = dict(returned(borough[0], LEAD))
    assert sorted(files) == ["-hours", "-places"]
    places = files["-places"].decode("utf-8-sig")
    inside = [line.split(",") for line in places.splitlines() if line.startswith("Order area")]
    assert [line[1] for line in inside] == ["2026-04", "2026-05"]
    assert inside[0][3] == "60"  # 24 of the police and 36 of the wardens
    ((end, book),) = returned(borough[0], LEAD, "xlsx")
    assert (end, book[:2]) == ("", b"PK")
    assert returned(borough[0], LEAD, "xlsx")[0][1] == book
    last = borough[0].audit(EVERYTHING).iloc[-1]
    assert "activity-return" in last["detail"]


def test_a_return_that_cannot_be_made_says_why(borough):
    store = borough[0]
    with pytest.raises(ParameterError, match="comes later"):
        returned(store, LEAD, until=date(2026, 4, 1))
    with pytest.raises(ParameterError, match="first days of months"):
        returned(store, LEAD, since=date(2026, 4, 2))
    with pytest.raises(ExportError, match="xlsx or csv"):
        returned(store, LEAD, "pdf")
    with pytest.raises(NotAllowedError):
        returned(store, COUNCILLOR)
