"""The sample borough's invented group, meeting, actions, units and visits: no page opens empty."""

from datetime import date, timedelta

from aim.access import task_reach_of
from aim.model.groups import Group
from aim.model.hotspots import HotspotRun
from aim.model.people import Actor
from aim.model.times import london_midnight
from aim.store import Store
from aim.workflows.actions import change_action, draft_action, move_action
from aim.workflows.demo_year import add_demo_year
from aim.workflows.equipment import add_unit, deploy_unit
from aim.workflows.groups import add_group
from aim.workflows.measuring import take_baseline
from aim.workflows.meetings import add_meeting, decide
from aim.workflows.visits import log_visit

_GROUP = {
    "name": "Evenings and nights",
    "purpose": "Fewer reports of disorder in the evening at the places the hub picked",
    "lead_agency": "norbeck-council",
    "partners": "norbeck-police, norbeck-homes",
    "chair": "demo-coordinator",
    "members": "demo-officer, demo-police-partner",
}
_DECISIONS = (
    {"choice": "take up", "noted": "Joint walks in the evening, then lights."},
    {"choice": "watch", "noted": "Look again when the next month is in."},
    {"choice": "no action", "reason": "Left to the ward's own team this month."},
)
_JOINT_WALKS = {
    "title": "Joint walks on Friday and Saturday evenings",
    "details": "Warden and officer together, a quarter of an hour at the place, each hour.",
    "partners": "norbeck-police, norbeck-homes",
    "types": "anti-social-behaviour",
    "months": "6",
    "owner": "demo-officer",
    "agency": "norbeck-council",
    "resource": "Two wardens and one officer, four hours an evening",
    "cost": "0",
    "priority": "Evenings and nights",
    "response": "patrol",
}
_LIGHT = {
    "title": "Light on the path behind the shops",
    "partners": "norbeck-homes",
    "response": "lighting",
    "types": "anti-social-behaviour",
    "agency": "norbeck-council",
    "priority": "Evenings and nights",
}
_WEEKS_TO_DO, _WEEKS_TO_REVIEW = 12, 38
# Kind and identity of each unit, and for how many days it has stood where it is.
_UNITS = (("camera", "DEMO-C1", 21), ("camera-light", "DEMO-L1", 60), ("sign", "DEMO-S1", 7))
_STANDS = {
    "protocol": "Entrance of the shops, by the council's code of practice",
    "authorisation": "DEMO-2026-7",
}
# Days ago, hour, minutes, which place of the run, what was done.
_VISITS = (
    (2, "21:00", "30", 0, "Walked with housing; quiet."),
    (3, "22:00", "15", 0, "Spoke with people at the shops."),
    (9, "21:30", "15", 1, ""),
    (10, "20:00", "45", 0, "Joint walk."),
)


def add_demo_work(store: Store, actor: Actor, run: HotspotRun, *, today: date) -> int:
    """Form one group, hold one meeting over a saved run, draft two actions, enter units and visits.

    Parameters
    ----------
    run
        The run just saved.
    today
        London day the work is agreed on.

    Returns
    -------
    int
        How many actions there are; 0 where the store has groups already, or no place to decide on.
    """
    places = [str(one) for one in run.hotspots["hotspot_id"][: len(_DECISIONS)]]
    if store.tasks(Group, task_reach_of(actor)) or len(places) < len(_DECISIONS):
        return 0
    group = add_group(store, actor, {**_GROUP, "start": today.isoformat()}).key
    _meet(store, actor, places, group, today)
    agreed = {"group": group, "site": f"hotspot:{places[0]}", **_days_from(today)}
    _start(store, actor, {**_JOINT_WALKS, **agreed}, today)
    draft_action(store, actor, {**_LIGHT, "group": group, "site": f"hotspot:{places[1]}"})
    _equip(store, actor, places, today)
    _visit(store, actor, places, today)
    add_demo_year(store, actor, today=today)
    return 2


def _equip(store: Store, actor: Actor, places: list[str], today: date) -> None:
    """Enter three units, of which the first stands at the first place."""
    units = [
        add_unit(
            store,
            actor,
            {"kind_of": kind, "identity": identity, "agency": "norbeck-council"},
            today=today - timedelta(days=days),
        )
        for kind, identity, days in _UNITS
    ]
    since = today - timedelta(days=_UNITS[0][2])
    words = {
        **_STANDS,
        "site": f"hotspot:{places[0]}",
        "review": (today + timedelta(weeks=1)).isoformat(),
    }
    deploy_unit(store, actor, units[0].key, words, today=since)


def _visit(store: Store, actor: Actor, places: list[str], today: date) -> None:
    for days, clock, minutes, place, done in _VISITS:
        words = {
            "site": f"hotspot:{places[place]}",
            "day": (today - timedelta(days=days)).isoformat(),
            "time": clock,
            "minutes": minutes,
            "agency": "norbeck-council",
            "done": done,
        }
        log_visit(store, actor, words, now=london_midnight(today), source="command")


def _meet(store: Store, actor: Actor, places: list[str], group: str, today: date) -> None:
    words = {"day": today.isoformat(), "agencies": "norbeck-council, norbeck-police, norbeck-homes"}
    meeting = add_meeting(store, actor, words)
    for place, said in zip(places, _DECISIONS, strict=True):
        taker = {"group": group} if said["choice"] == "take up" else {}
        decided = {"hotspot_id": place, **said, **taker}
        meeting = decide(store, actor, meeting.key, decided, version=meeting.version)


def _days_from(today: date) -> dict[str, str]:
    due = today + timedelta(weeks=_WEEKS_TO_DO)
    review = today + timedelta(weeks=_WEEKS_TO_REVIEW)
    return {"start": today.isoformat(), "due": due.isoformat(), "review": review.isoformat()}


def _start(store: Store, actor: Actor, words: dict[str, str], today: date) -> None:
    """Draft an action, aim as low as chance asks, and set it going where nothing is missing."""
    kept = draft_action(store, actor, words)
    baseline = take_baseline(store, actor, kept.what.plan, today=today)
    if baseline is None or baseline.falls_to < 0:
        return
    aimed = {"target": str(baseline.falls_to)}
    kept = change_action(store, actor, kept.key, aimed, version=kept.version, today=today)
    for stage in ("agreed", "under way"):
        kept = move_action(store, actor, kept.key, stage, version=kept.version, today=today)
