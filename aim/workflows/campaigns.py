"""Operations and seasonal campaigns: kept, listed, and added up by project."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aim.access import audit_entry, is_allowed, require, task_reach_of
from aim.errors import ConflictError, ParameterError
from aim.exports import text_table
from aim.model.campaigns import MONEY, Campaign
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent, say_changed
from aim.model.times import say_day
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.workflows.audit import count_view, record_view
from aim.workflows.filters import find_ward
from aim.workflows.plans import (
    LONGEST_TEXT,
    changes_between,
    check_accounts,
    clean,
    read_list,
    read_number,
    read_optional_day,
)
from aim.workflows.sites import new_key, ward_names
from aim.workflows.tables import Column, TableView, table_view
from aim.workflows.task_forms import as_typed
from aim.workflows.task_pages import history_line
from aim.workflows.task_views import FormField, HistoryLine

CAMPAIGN_WORDS = {
    "name": "Name",
    "purpose": "What it is for",
    "start": "First day",
    "finish": "Last day",
    "lead": "Lead agency",
    "partners": "Partners",
    "wards": "Wards aimed at",
    "types": "Reports aimed at",
    "project": "Paid from",
    "funder": "Funded by",
    "funding": "Granted, £",
    "cost": "Planned cost, £",
    "spent": "Spent so far, £",
    "readers": "Who may know of it",
}
NO_PROJECT = "No project named"
_HINTS = {
    "purpose": "Name no person and no address; contact details are masked.",
    "partners": "Agencies, with commas between.",
    "wards": "Names or codes, with commas between; empty for all.",
    "types": "Types or themes, with commas between; empty for all.",
    "project": "The budget; campaigns of one project are added up.",
    "readers": "Accounts, with commas between: nobody else will know of it. Empty for everybody.",
}
_DAYS, _NEEDED = frozenset({"start", "finish"}), frozenset({"name", "start", "finish"})
_TEXTS = ("name", "purpose", "lead", "project", "funder")


@dataclass(frozen=True, slots=True)
class CampaignsView:
    """Everything on the page of campaigns; ``lines`` are key, name, days, lead, aim, restricted."""

    lines: tuple[tuple[str, str, str, str, str, bool], ...]
    projects: TableView
    form: tuple[FormField, ...]  # empty where the reader may keep none


@dataclass(frozen=True, slots=True)
class CampaignView:
    """Everything on the page of one campaign."""

    key: str
    name: str
    version: int
    restricted: bool
    facts: tuple[tuple[str, str], ...]
    form: tuple[FormField, ...]
    history: tuple[HistoryLine, ...]


def add_campaign(
    store: Store, actor: Actor, words: Mapping[str, str], *, key: Callable[[], str] = new_key
) -> Kept[Campaign]:
    """Keep a campaign.

    Parameters
    ----------
    words
        By the names of ``CAMPAIGN_WORDS``, lists with commas between.

    Raises
    ------
    NotAllowedError
        The actor may not keep campaigns.
    ParameterError
        It has no name or days, or a word cannot be read.
    """
    require(actor, Action.KEEP_GROUPS)
    campaign = _read(store, actor, words)
    with store.transaction() as change:
        kept = change.add_task(key(), campaign, TaskEvent(EventKind.ADDED), actor=actor.id)
        change.record(_entry(actor, kept))
    return kept


def change_campaign(
    store: Store, actor: Actor, key: str, words: Mapping[str, str], *, version: int
) -> Kept[Campaign]:
    """Change a campaign, for somebody who saw its newest version.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    ConflictError
        It was changed since.
    ParameterError
        A word cannot be read.
    """
    require(actor, Action.KEEP_GROUPS)
    kept = store.task(Campaign, key, task_reach_of(actor))
    if kept.version != version:
        raise ConflictError(say_changed("campaign", version, kept.version, kept.changed_by))
    campaign = _read(store, actor, {**_values(kept.what), **words})
    event = TaskEvent(EventKind.CHANGED, changes=changes_between(kept.what, campaign))
    with store.transaction() as change:
        changed = change.change_task(key, campaign, event, version=version, actor=actor.id)
        change.record(_entry(actor, changed))
    return changed


def campaign_list(store: Store, actor: Actor) -> list[Kept[Campaign]]:
    """Return the campaigns the actor may know of, the newest first."""
    require(actor, Action.VIEW_TASKS)
    found = store.tasks(Campaign, task_reach_of(actor))
    return sorted(found, key=lambda one: (one.what.start, one.what.name, one.key), reverse=True)


def project_table(campaigns: Sequence[Campaign]) -> pd.DataFrame:
    """Add up funding and spend by project.

    Returns
    -------
    pandas.DataFrame
        ``project``, ``funders``, ``campaigns``, ``funding``, ``cost``, ``spent`` and ``left``
        (granted less spent), by name; a sum of which nothing was said is missing. Empty in, empty
        out.

    Examples
    --------
    >>> from datetime import date
    >>> nights = Campaign("Nights", date(2026, 10, 1), date(2026, 10, 31), funding=900, spent=250)
    >>> project_table([nights])[["project", "funding", "spent", "left"]].values.tolist()
    [['No project named', 900.0, 250.0, 650.0]]
    """
    names = ["project", "funders", "campaigns", *MONEY, "left"]
    if not campaigns:
        return pd.DataFrame(columns=names)
    lines = []
    for project in sorted({one.project for one in campaigns}):
        own = [one for one in campaigns if one.project == project]
        sums: dict[str, float | None] = {name: _sum(own, name) for name in MONEY}
        granted, spent = sums["funding"], sums["spent"]
        left = None if granted is None else granted - (spent or 0)
        funders = ", ".join(sorted({one.funder for one in own if one.funder}))
        head = {"project": project or NO_PROJECT, "funders": funders, "campaigns": len(own)}
        lines.append({**head, **sums, "left": left})
    return pd.DataFrame(lines, columns=names).astype(dict.fromkeys((*MONEY, "left"), "float64"))


def _sum(campaigns: Sequence[Campaign], name: str) -> float | None:
    """Add up what was said; None where nothing was."""
    said = [getattr(one, name) for one in campaigns if getattr(one, name) is not None]
    return sum(said) if said else None


def campaigns_view(
    store: Store, actor: Actor, *, written: Mapping[str, str] | None = None
) -> CampaignsView:
    """Build the page of campaigns.

    Parameters
    ----------
    written
        What somebody wrote and could not keep.
    """
    kept = campaign_list(store, actor)
    count_view(store, actor, "campaigns")
    wards = ward_names(store)
    return CampaignsView(
        lines=tuple(
            (
                one.key,
                one.what.name,
                _say_days(one.what),
                one.what.lead,
                _say_aim(one.what, wards),
                one.what.is_restricted,
            )
            for one in kept
        ),
        projects=table_view(
            project_table([one.what for one in kept]), "Funding and spend by project", _PROJECTS
        ),
        form=_form(written or {}) if is_allowed(actor, Action.KEEP_GROUPS) else (),
    )


def campaign_view(
    store: Store, actor: Actor, key: str, *, written: Mapping[str, str] | None = None
) -> CampaignView:
    """Build the page of one campaign.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    """
    require(actor, Action.VIEW_TASKS)
    kept = store.task(Campaign, key, task_reach_of(actor))
    if kept.what.is_restricted:
        record_view(store, actor, "campaign", subject=key)
    else:
        count_view(store, actor, "campaign")
    said = _said(kept.what, ward_names(store))
    may = is_allowed(actor, Action.KEEP_GROUPS)
    return CampaignView(
        key=kept.key,
        name=kept.what.name,
        version=kept.version,
        restricted=kept.what.is_restricted,
        facts=tuple((CAMPAIGN_WORDS[name], text) for name, text in said.items() if text),
        form=campaign_form(kept.what, written) if may else (),
        history=tuple(
            history_line(one, CAMPAIGN_WORDS)
            for one in reversed(store.task_history(Campaign, key, task_reach_of(actor)))
        ),
    )


def campaign_form(
    campaign: Campaign, written: Mapping[str, str] | None = None
) -> tuple[FormField, ...]:
    """Return the form of a campaign, with what somebody wrote in place of what it says."""
    return _form({**_values(campaign), **(written or {})})


def campaigns_text(store: Store, actor: Actor) -> str:
    """Return the campaigns and their projects as plain tables."""
    kept = campaign_list(store, actor)
    if not kept:
        return "No campaign yet.\n"
    wards = ward_names(store)
    rows = [
        (one.key, one.what.name, _say_days(one.what), one.what.lead, _say_aim(one.what, wards))
        for one in kept
    ]
    names = ["campaign", "name", "days", "lead", "aimed at"]
    projects = table_view(project_table([one.what for one in kept]), "", _PROJECTS)
    money = pd.DataFrame(projects.rows, columns=[label for label, _ in projects.columns])
    return f"{text_table(pd.DataFrame(rows, columns=names))}\n{text_table(money)}"


def _pounds(label: str, name: str) -> Column:
    return Column(name, label, lambda value: f"£{value:,.0f}", number=True)


_PROJECTS = (
    Column("project", "Project"),
    Column("funders", "Funded by"),
    Column("campaigns", "Campaigns", number=True),
    _pounds("Granted", "funding"),
    _pounds("Planned", "cost"),
    _pounds("Spent", "spent"),
    _pounds("Left", "left"),
)


def _read(store: Store, actor: Actor, words: Mapping[str, str]) -> Campaign:
    days = {name: read_optional_day(words.get(name, ""), name) for name in ("start", "finish")}
    start, finish = days["start"], days["finish"]
    if start is None or finish is None:
        raise ParameterError(
            "A campaign was given without its first or last day; write both, such as 2026-10-01."
        )
    taxonomy = read_taxonomy()
    readers = frozenset(read_list(words.get("readers", "")))
    check_accounts(store, readers - {actor.id})
    read: dict[str, Any] = {name: clean(words.get(name, ""), name) for name in _TEXTS}
    read |= {name: read_number(words.get(name, ""), name) for name in MONEY}
    return Campaign(
        **read,
        start=start,
        finish=finish,
        partners=tuple(clean(one, "partners") for one in read_list(words.get("partners", ""))),
        wards=tuple(find_ward(store, one) for one in read_list(words.get("wards", ""))),
        types=tuple(taxonomy.resolve(one) for one in read_list(words.get("types", ""))),
        # Who keeps a restricted campaign may know of it.
        readers=readers | {actor.id} if readers else readers,
    )


def _entry(actor: Actor, kept: Kept[Campaign]) -> Any:
    return audit_entry(
        actor,
        Action.KEEP_GROUPS,
        campaign=kept.key,
        version=kept.version,
        restricted=kept.what.is_restricted or None,
    )


def _values(campaign: Campaign) -> dict[str, str]:
    """Return each field as a form holds it."""
    return {name: as_typed(getattr(campaign, name)) for name in CAMPAIGN_WORDS}


def _form(values: Mapping[str, str]) -> tuple[FormField, ...]:
    return tuple(
        FormField(
            name=name,
            label=label,
            kind=_kind_of(name),
            value=values.get(name, ""),
            hint=_HINTS.get(name, ""),
            needed=name in _NEEDED,
            longest=LONGEST_TEXT if name == "purpose" else 200,
        )
        for name, label in CAMPAIGN_WORDS.items()
    )


def _kind_of(name: str) -> str:
    if name == "purpose":
        return "textarea"
    return "date" if name in _DAYS else "number" if name in MONEY else "text"


def _said(campaign: Campaign, wards: Mapping[str, str]) -> dict[str, str]:
    said = _values(campaign)
    said |= {name: say_day(getattr(campaign, name)) for name in _DAYS}
    for name in MONEY:
        value = getattr(campaign, name)
        said[name] = "" if value is None else f"£{value:,}"
    said["wards"] = ", ".join(wards.get(code, code) for code in campaign.wards)
    said["types"] = ", ".join(map(read_taxonomy().name, campaign.types))
    return {name: text for name, text in said.items() if name != "name"}


def _say_days(campaign: Campaign) -> str:
    return f"{say_day(campaign.start)} to {say_day(campaign.finish)}"


def _say_aim(campaign: Campaign, wards: Mapping[str, str]) -> str:
    said = _said(campaign, wards)
    return "; ".join(filter(None, (said["types"], said["wards"])))
