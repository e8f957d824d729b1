"""A file holds what the screen showed, to that person: any filter, any role, every format."""

import io
import itertools
from html import unescape

import numpy as np
import pandas as pd
import pyogrio
import pytest
from lxml import html

from aim.model.people import Role
from aim.model.types import slug_of
from aim.service.routes.api import ListFormat

HTML = {"origin": "http://127.0.0.1", "accept": "text/html"}
ROLES = (Role.ANALYST, Role.COORDINATOR, Role.OFFICER, Role.POLICE_PARTNER)
WORDS = {
    "type": ("", "asb", "burglary"),
    "since": ("", "2026-03-15", "2026-04-01"),
    "until": ("", "2026-04-20", "2026-05-01"),
    "hours": ("", "18-04"),
    "ward": ("", "E05099001"),
    "min-samples": ("4", "6"),
}


@pytest.fixture(scope="module")
def people(build_house, busy):
    house = build_house(busy)
    for role in ROLES:
        house.add(slug_of(role), role)
    return {role: house.signed_in(slug_of(role)) for role in ROLES}


def doing(cell):
    """Return what is being done; a cell of a file is empty where the page says so in words."""
    return "" if cell == "Nothing recorded" else cell


def on_screen(client, query):
    page = html.fromstring(client.get(f"/?{query}", headers=HTML).text)
    return [
        (
            int(row.xpath("string(.//*[@class='rank-disc'])")),
            row.xpath("string(.//*[@class='place-link']/text())").strip(),
            int(row.xpath("string(.//td[@data-label='Incidents'])").replace(",", "")),
            doing(row.xpath("string(.//td[@data-label='Being done'])").strip()),
        )
        for row in page.xpath("//tr[contains(@class, 'hotspot-row')]")
    ]


def in_file(content, ending, folder):
    if ending == "csv":
        rows = pd.read_csv(io.BytesIO(content))
    elif ending == "json":
        rows = pd.DataFrame(pd.read_json(io.BytesIO(content), typ="series")["hotspots"])
    elif ending == "xlsx":
        rows = pd.read_excel(io.BytesIO(content), sheet_name=0)
    else:
        file = folder / f"list.{ending}"
        file.write_bytes(content)
        layers = [name for name, _ in pyogrio.list_layers(file)]
        if not layers:  # a file of no place at all
            return []
        rows = pyogrio.read_dataframe(file, layer=layers[0], read_geometry=False)
    if rows.empty:
        return []
    rows = rows.rename(columns=lambda name: name.strip().lower().replace(" ", "_"))
    if ending == "kml":  # its readers show texts as markup, so they are escaped there
        rows["name"] = rows["name"].map(unescape)
    ranks, incidents = rows["rank"].astype(int), rows["incidents"].astype(int)
    work = rows.get("being_done", pd.Series("", index=rows.index)).astype(object).fillna("")
    return list(zip(ranks, rows["name"], incidents, work, strict=True))


def questions(count):
    rng = np.random.default_rng(8)
    for role in itertools.islice(itertools.cycle(ROLES), count):
        chosen = {word: rng.choice(values) for word, values in WORDS.items()}
        yield role, "&".join(f"{word}={value}" for word, value in chosen.items() if value)


@pytest.mark.slow
def test_every_format_holds_what_the_screen_showed(people, tmp_path):
    shown = 0
    for role, query in questions(12):
        listed = on_screen(people[role], query)
        shown += len(listed)
        for ending in ListFormat:
            sent = people[role].get(f"/api/hotspots.{ending}?{query}")
            assert sent.status_code == 200, sent.text
            assert in_file(sent.content, ending, tmp_path) == listed, (role, query, ending)
    assert shown > len(ROLES)
