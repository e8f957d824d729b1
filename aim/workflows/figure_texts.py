"""Figures as plain text: for letters, and for the keyboard."""

from collections.abc import Iterable

import pandas as pd

from aim.config import Settings
from aim.exports import text_table
from aim.model.people import Actor
from aim.store import Store
from aim.workflows.ward_figures import PURPOSE, WardFigures, figures_view
from aim.workflows.ward_tasks import say_doings

MOST_PLACES = 5


def say_ward(view: WardFigures, settings: Settings) -> str:
    """Say a ward's page in plain text: the same figures, and where the page is."""
    reports = [
        f"- {one.name}: {one.reports:,} ({one.change})" for one in view.themes if one.reports
    ]
    lines = [view.name, "", view.lead, "", "What was reported", view.compared, *reports]
    if view.bands:
        lines += ["", f"Sensitive reports, {view.quarter}"]
        lines += [f"- {one.name}: {one.words}" for one in view.bands]
    if view.places:
        lines += ["", "Where reports concentrate"]
        lines += [f"- {one.where}: {one.what}" for one in view.places[:MOST_PLACES]]
    if view.doings:
        lines += ["", "What is being done", *(f"- {one}" for one in say_doings(view.doings))]
    host = f"https://{settings.hosts[0]}" if settings.hosts else ""
    address = f"{host}/wards/{view.code}/figures?period={view.period}"
    return "\n".join([*lines, "", f"The whole page: {address}"])


def say_wards(views: Iterable[WardFigures], settings: Settings) -> str:
    """Say several wards, with marking, purpose and notes once."""
    pages = list(views)
    notes = dict.fromkeys(note for view in pages for note in view.notes)
    stamp = dict.fromkeys(line for view in pages for line in view.stamp_lines)
    head = f"{settings.handling}. {settings.partnership}\n{PURPOSE}."
    foot = "\n".join(["Before you use these numbers", *(f"- {note}" for note in notes), "", *stamp])
    return "\n\n".join([head, *(say_ward(view, settings) for view in pages), foot]) + "\n"


def figures_text(store: Store, actor: Actor, settings: Settings) -> str:
    """Return the list of wards with their latest complete month as plain text.

    Raises
    ------
    NotAllowedError
        The actor may not see figures.
    """
    view = figures_view(store, actor, settings)
    if not view.wards:
        return "No figures yet: no month is complete for every source, or no wards are loaded.\n"
    lines = [(one.code, one.name, one.reports, one.change, one.busiest) for one in view.wards]
    table = text_table(pd.DataFrame(lines, columns=["code", "ward", "reports", "change", "most"]))
    stamp = "\n".join(view.stamp_lines)
    return f"{view.period_said}. {view.compared}\n\n{table}\n{stamp}\n"
