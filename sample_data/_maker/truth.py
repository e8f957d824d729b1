"""The truth file: what was planted in Norbeck, and in which rows of which file it lies."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from _maker.events import (
    CALLS,
    COUNCILLORS,
    DROP_FROM,
    DROP_KEPT,
    DROP_UNTIL,
    EXTRACT_DAY,
    INTERVENTION_DAY,
    INTERVENTION_EFFECT,
    OUTAGE_KEPT,
    OUTAGE_MONTH,
    PERIODS,
    POLICE_END,
    POLICE_UK,
    Event,
    Hotspot,
    Story,
)
from _maker.places import Gazetteer, degrees_of, uprn_of
from _maker.sheets import BAD_KINDS, Line, Sheet

Rows = dict[str, list[int]]


def tell_truth(
    gazetteer: Gazetteer, story: Story, sheets: list[Sheet], overlap: tuple[Sheet, list[Event]]
) -> dict[str, Any]:
    """Gather everything needed to check what a program finds in the sample.

    A row is its number as a spreadsheet shows it (the line after one header line is 2); rows stand
    under the name of their file.
    """
    return {
        "borough": "Norbeck, invented; no place or person here is real",
        "seed": gazetteer.seed,
        "rows_are": "line numbers as a spreadsheet shows them, by file below sample_data",
        "found_means": "the centre lies in the hotspot's polygon and half the located rows of the"
        " plant that took part are its members",
        "files": {sheet.file: _sheet(sheet) for sheet in sheets},
        "periods": {feed: [str(day) for day in days] for feed, days in PERIODS.items()},
        "hotspots": [_hotspot(gazetteer, story, hotspot) for hotspot in story.hotspots],
        "intervention": _intervention(story),
        "outage": {
            "file": f"police-uk/{OUTAGE_MONTH:%Y-%m}/{OUTAGE_MONTH:%Y-%m}-norbeck-street.csv",
            "month": f"{OUTAGE_MONTH:%Y-%m}",
            "type": "anti-social-behaviour",
            "kept_share": OUTAGE_KEPT,
        },
        "channel_drop": {
            "file": _file_of(sheets, CALLS),
            "channel": "101, the first word of the log summary",
            "wards": [gazetteer.borough.wards[ward].code for ward in story.drop_wards],
            "since": str(DROP_FROM),
            "until": str(DROP_UNTIL),
            "kept_share": DROP_KEPT,
        },
        "headquarters": {
            **_position(gazetteer.borough.headquarters),
            "rows": _rows(story.headquarters),
        },
        "duplicates": [
            {
                "first": _row(pair.first),
                "second": _row(pair.second),
                "decoys": [{"differs": how, "row": _row(decoy)} for how, decoy in pair.decoys],
            }
            for pair in story.duplicates
        ],
        "repeat_victims": [
            {
                "uprn": uprn_of(address),
                **_position(tuple(gazetteer.borough.address_xy[address].tolist())),
                "rows": _rows(events),
            }
            for address, events in story.repeats
        ],
        "bad_rows": _bad_rows(sheets),
        "misspelt": _misspelt(sheets),
        "overlap": {
            "file": overlap[0].file,
            "extract_rows": [
                [line.row, *_row(event)]
                for line, event in zip(overlap[0].lines, overlap[1], strict=True)
            ],
        },
    }


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {"feed": _feed(sheet.feed), "rows": len(sheet.lines), "first_row": sheet.first_row}


def _feed(feed: str) -> str:
    return feed if feed in {POLICE_UK, "wardens", COUNCILLORS} else "police-extract"


def _file_of(sheets: list[Sheet], feed: str) -> str:
    return next(sheet.file for sheet in sheets if sheet.feed == feed)


def _hotspot(gazetteer: Gazetteer, story: Story, hotspot: Hotspot) -> dict[str, Any]:
    plan = hotspot.plan
    rows = [event for event in story.events if event.plant == plan.plant]
    street = int(gazetteer.borough.nearest_snap(np.array([hotspot.centre]))[0])
    return {
        "id": plan.plant,
        "kind": plan.kind,
        "street": gazetteer.street(street),
        "ward_code": gazetteer.borough.wards[hotspot.ward].code,
        **_position(hotspot.centre),
        "radius_m": plan.radius_m,
        "since": str(plan.since),
        "until": str(plan.until),
        "hours": "20-04" if plan.night else None,
        "moved_from": plan.moved_from or None,
        "background_expected": round(hotspot.background, 1),
        "located": _located(rows),
        "within_radius": _within(story, hotspot),
        "rows": _rows(rows),
    }


def _located(events: Iterable[Event]) -> int:
    return sum(event.feed != COUNCILLORS for event in events)


def _within(story: Story, hotspot: Hotspot) -> int:
    """Count the located rows within the radius, planted or not."""
    places = np.array([event.place for event in story.events if event.feed != COUNCILLORS])
    gaps = np.hypot(*(places - np.array(hotspot.centre)).T)
    return int((gaps <= hotspot.plan.radius_m).sum())


def _intervention(story: Story) -> dict[str, Any]:
    treated = next(spot for spot in story.hotspots if spot.plan.treated)
    controls = [
        spot.plan.plant
        for spot in story.hotspots
        if spot.plan.kind == "persistent" and spot.plan.police_share > 0.5 and not spot.plan.treated
    ]
    days_after = (POLICE_END - INTERVENTION_DAY).days
    return {
        "hotspot": treated.plan.plant,
        "from": str(INTERVENTION_DAY),
        "effect": INTERVENTION_EFFECT,
        "effect_is": "share of the planted incidents of the hotspot that no longer happen",
        "controls": controls,
        "before": [str(INTERVENTION_DAY.replace(day=1, month=2)), str(INTERVENTION_DAY)],
        "after": [str(INTERVENTION_DAY), str(POLICE_END)],
        "days_after": days_after,
        "edition_changes": str(EXTRACT_DAY),
    }


def _position(xy: tuple[float, ...]) -> dict[str, float]:
    lon, lat = degrees_of(np.array([xy]))[0]
    return {"easting": xy[0], "northing": xy[1], "lon": float(lon), "lat": float(lat)}


def _row(event: Event) -> list[str | int]:
    return [event.file, event.row]


def _rows(events: Iterable[Event]) -> Rows:
    found: Rows = defaultdict(list)
    for event in events:
        found[event.file].append(event.row)
    return {file: sorted(rows) for file, rows in sorted(found.items())}


def _bad_rows(sheets: list[Sheet]) -> dict[str, Any]:
    found: dict[str, Rows] = {kind: defaultdict(list) for kind in BAD_KINDS}
    for sheet in sheets:
        for line in sheet.lines:
            if line.bad:
                found[line.bad][sheet.file].append(line.row)
    return {kind: {"outcome": BAD_KINDS[kind], "rows": rows} for kind, rows in found.items()}


def _misspelt(sheets: list[Sheet]) -> dict[str, dict[int, str]]:
    def wrong(lines: list[Line]) -> dict[int, str]:
        return {line.row: line.street for line in lines if line.street}

    return {sheet.file: wrong(sheet.lines) for sheet in sheets if wrong(sheet.lines)}
