"""Rules of equipment: moves by the table, what a deployment needs, where the next would matter."""

from datetime import date
from importlib import resources

import pytest

from aim.errors import ActionStateError, ConfigError, ParameterError
from aim.model.actions import Site
from aim.model.equipment import Deployment, Unit, UnitState
from aim.model.tasks import GroupKeys, TaskReach
from aim.tasking import (
    Candidate,
    check_deployment,
    check_unit_move,
    find_kind,
    find_overdue,
    is_idle,
    read_office_table,
    read_powers,
    suggest_places,
)

TABLE = read_office_table()
QUAY = Site("Quay Street", "raised by people")
TODAY = date(2026, 5, 4)


def deployment(**given):
    said = {"protocol": "PSPO", "since": TODAY, "authorisation": "RIPA-7", "review": TODAY}
    return Deployment("u1", "camera", "C-4", QUAY, **{**said, **given})


def test_a_move_the_table_lacks_is_refused_with_what_may_follow():
    with pytest.raises(ActionStateError, match="after lost comes available"):
        check_unit_move(TABLE, Unit("sign", "S", "lost"), UnitState.IN_REPAIR, {"analyst"})
    with pytest.raises(ActionStateError, match="that is for analyst or coordinator"):
        check_unit_move(TABLE, Unit("sign", "S"), UnitState.LOST, {"officer"}, words="Gone")


@pytest.mark.parametrize("to", [UnitState.IN_REPAIR, UnitState.LOST])
def test_repair_and_loss_need_a_word(to):
    with pytest.raises(ActionStateError, match="say what happened"):
        check_unit_move(TABLE, Unit("sign", "S"), to, {"analyst"}, words=" ")
    check_unit_move(TABLE, Unit("sign", "S"), to, {"analyst"}, words="Cracked")


def test_a_camera_needs_who_allowed_it_and_a_review_and_a_sign_does_not():
    with pytest.raises(ParameterError, match="reference of its authorisation, and the day it is"):
        check_deployment(TABLE.kinds["camera"], deployment(authorisation="", review=None))
    check_deployment(TABLE.kinds["camera"], deployment())
    check_deployment(TABLE.kinds["sign"], deployment(authorisation="", review=None))
    with pytest.raises(ParameterError, match="its protocol"):
        check_deployment(TABLE.kinds["sign"], deployment(protocol=""))


def test_a_dwelling_is_for_named_people_and_no_point():
    with pytest.raises(ParameterError, match="nobody is named"):
        deployment(at_dwelling=True)
    with pytest.raises(ParameterError, match="place on the map"):
        Deployment(
            *("u1", "alarm", "A-1", Site("Home", "found", outline="POINT (1 1)")),
            at_dwelling=True,
            readers=frozenset({"lead"}),
        )


def test_days_before_a_deployment_began_are_refused():
    with pytest.raises(ParameterError, match="its review 2026-05-01 lies before"):
        deployment(review=date(2026, 5, 1))


@pytest.mark.parametrize(
    ("ended", "today", "days"),
    [(None, date(2026, 5, 10), 6), (date(2026, 5, 7), date(2026, 6, 1), 3), (None, TODAY, 0)],
)
def test_equipment_days_are_those_in_the_period_and_not_to_come(ended, today, days):
    one = deployment(ended=ended)
    assert one.days_within(date(2026, 5, 1), date(2026, 5, 20), today=today) == days
    assert one.days_within(date(2026, 3, 1), date(2026, 5, 4), today=today) == 0


def test_a_unit_idles_after_the_days_of_the_table_and_only_when_it_is_ready():
    ready = Unit("sign", "S", since=date(2026, 4, 6))
    assert not is_idle(TABLE, ready, today=TODAY)  # 28 days to the day
    assert is_idle(TABLE, ready, today=date(2026, 5, 5))
    assert not is_idle(TABLE, Unit("sign", "S", "lost", date(2026, 1, 1)), today=TODAY)
    assert not is_idle(TABLE, Unit("sign", "S"), today=TODAY)


def test_what_is_past_its_day_is_overdue_and_today_is_not():
    unit = Unit("camera", "C-4", maintenance_due=date(2026, 5, 3))
    assert find_overdue(unit, None, today=TODAY) == ("to be looked after since 3 May 2026",)
    assert find_overdue(unit, None, today=date(2026, 5, 3)) == ()
    here = deployment(until=TODAY)
    assert find_overdue(Unit("camera", "C"), here, today=date(2026, 5, 5)) == (
        *("to be reviewed since 4 May 2026", "to be taken down since 4 May 2026"),
    )
    ended = deployment(ended=TODAY)
    assert find_overdue(Unit("camera", "C"), ended, today=date(2026, 5, 9)) == ()
    lost = Unit("camera", "C", "lost", maintenance_due=date(2026, 5, 3))
    assert find_overdue(lost, None, today=TODAY) == ()


def test_the_next_unit_goes_where_most_is_reported_and_none_of_its_kind_stands():
    camera = TABLE.kinds["camera"]
    places = [
        Candidate("a", "Quay", 40),
        Candidate("b", "Mill", 36, busy="Friday holds 40 %", actions=("Walks",)),
        Candidate("c", "Moor", 90, units=("camera",)),
        Candidate("d", "Fen", 38, units=("sign",)),
        Candidate("e", "Empty", 0),
    ]
    found = suggest_places(TABLE, camera, places)
    assert [one.name for one in found] == ["Mill", "Quay", "Fen"]
    assert found[0].reasons == (
        *("36 reports in the newest saved list", "no camera there", "open action: Walks"),
        "Friday holds 40 %",
    )


def test_powers_are_those_of_the_table_and_counted():
    assert read_powers(TABLE, " cpn, dispersal 3 , cpn") == (("cpn", 2), ("dispersal", 3))
    assert read_powers(TABLE, "") == ()
    for text, why in (("arrest", "no power 'arrest'"), ("cpn many", "found 'many'")):
        with pytest.raises(ParameterError, match=why):
            read_powers(TABLE, text)


def test_a_partnership_may_keep_its_own_table(tmp_path):
    path = tmp_path / "ours.toml"
    shipped = open_shipped()
    path.write_text(shipped.replace("[kinds.alarm]", "[kinds.doorbell]"), encoding="utf-8")
    assert find_kind(read_office_table(path), "doorbell").slug == "doorbell"
    with pytest.raises(ParameterError, match="no equipment of the kind 'alarm-2'"):
        find_kind(TABLE, "alarm-2")


@pytest.mark.parametrize("spoilt", ["[moves.lost]", 'name = "Sign"', "[idle]"])
def test_a_table_that_lacks_a_part_says_so(tmp_path, spoilt):
    path = tmp_path / "ours.toml"
    path.write_text(open_shipped().replace(spoilt, "# gone"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ours\.toml"):
        read_office_table(path)
    with pytest.raises(ConfigError, match="AIM_OFFICE_TABLE"):
        read_office_table(tmp_path / "nowhere.toml")


def open_shipped():
    return resources.files("aim.tasking").joinpath("office.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("readers", "who", "seen"),
    [((), "x", True), (("lead",), "x", False), (("lead",), "lead", True), ((), "", False)],
)
def test_who_may_know_of_a_unit_and_of_where_it_stands(readers, who, seen):
    reach = TaskReach(who, every=True)
    named = frozenset(readers)
    assert Unit("sign", "S", readers=named).is_for(reach, GroupKeys()) is seen
    assert deployment(readers=named).is_for(reach, GroupKeys()) is seen
    secret = Deployment("u", "sign", "S", Site("A", "found", readers=named))
    assert secret.is_for(reach, GroupKeys()) is seen
