"""A store in which everything that could be told too much of carries a mark.

Four sources, each with routine and sensitive reports; every text, reference, property number, id
and position of each is recognisable. What an agreement says of a source is in ``AGREEMENTS``.
"""

import io
import runpy
import struct
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.feeds.linking import PARTS
from aim.model.agreements import Agreement, Regime
from aim.model.crs import to_grid
from aim.model.filters import IncidentFilter
from aim.model.incidents import FeedResult, empty_rejected
from aim.model.people import EVERYTHING, Role
from aim.model.records import Delivery
from aim.store import Store, init_store, open_store

SERVICE = Path(__file__).parents[1] / "service"
HUB = runpy.run_path(str(SERVICE / "hub_store.py"))

OWN, OTHER, KEPT_BACK, WORDLESS = "norbeck-police", "wardens", "fire", "housing"
SOURCES = (OWN, OTHER, KEPT_BACK, WORDLESS)
LEVELS = ("routine", "sensitive")
FIELDS = ("id", "reference", "uprn", "place", "words", "position")

# Where the reports of each source and level lie: a place of their own, so that each has a hotspot.
MIDDLES = {
    (source, level): (470_500.0 + 850 * number + 420 * sensitive, 530_600.0 + 700 * sensitive)
    for number, source in enumerate(SOURCES)
    for sensitive, level in enumerate(LEVELS)
}
EACH = 14
NEAR = 80
DAY = date(2026, 5, 4)
ROWS_ROLES = frozenset({Role.ANALYST, Role.COORDINATOR, Role.OFFICER, Role.POLICE_PARTNER})
AGREEMENTS = (
    Agreement(
        KEPT_BACK, KEPT_BACK, "ISA-1", "prevention", Regime.UK_GDPR, frozenset({Role.ANALYST}),
        date(2026, 1, 1), date(2027, 1, 1), columns=frozenset({"description", "location_text"}),
    ),
    Agreement(
        WORDLESS, WORDLESS, "ISA-2", "repairs", Regime.UK_GDPR, ROWS_ROLES,
        date(2026, 1, 1), date(2027, 1, 1), columns=frozenset({"uprn"}), onward_sharing=True,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """Bytes that tell one field of one group of reports."""

    source: str
    level: str
    field: str
    found: tuple[bytes, ...] = ()
    points: tuple[tuple[bytes, bytes], ...] = ()

    def is_in(self, content: bytes) -> bool:
        """Tell whether some bytes hold the mark; of a position both numbers, close together."""
        return any(text in content for text in self.found) or any(
            _near(content, one, other) for one, other in self.points
        )


def _near(content: bytes, one: bytes, other: bytes) -> bool:
    at = content.find(one)
    while at >= 0:
        if other in content[max(0, at - NEAR) : at + NEAR]:
            return True
        at = content.find(one, at + 1)
    return False


def make_marked_store(folder: Path, salt: str = "a") -> tuple[Store, list[Mark]]:
    """Make a store and list its marks; another salt moves and renames what nobody may see."""
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    init_store(url)
    store, marks = open_store(url), []
    for number, source in enumerate(SOURCES):
        rows = _marked_rows(source, number, salt)
        marks += _marks_of(source, rows)
        with store.transaction() as change:
            change.save_delivery(
                Delivery("wardens", source, source, f"{source}.csv", f"{number}" * 64),
                FeedResult(rows, empty_rejected()),
                actor="tests",
            )
    workflows.add_ward_set(store, LOCAL_ANALYST, HUB["ward_file"](folder), name="squares")
    with store.transaction() as change:
        for agreement in AGREEMENTS:
            change.set_agreement(agreement, actor="tests")
    _link_and_save(store)
    return store, marks


def _marked_rows(source: str, number: int, salt: str) -> pd.DataFrame:
    level_of = [level for level in LEVELS for _ in range(EACH)] * 2
    months = [3] * (2 * EACH) + [4] * (2 * EACH)
    rng = np.random.default_rng([number, ord(salt)])
    asked = [
        (
            MIDDLES[source, level][0] + rng.normal(0, 30),
            MIDDLES[source, level][1] + rng.normal(0, 30),
            month,
            "anti-social-behaviour",
            f"{salt}place-{source}-{level}".title(),
        )
        for level, month in zip(level_of, months, strict=True)
    ]
    rows = HUB["frame"](source, asked)
    # Five digits of a degree, none of them a nought at the end: as text the same everywhere.
    lon, lat = (
        (rows[name].round(5) + np.where((rows[name].round(5) * 1e5).round() % 10 == 0, 1e-5, 0))
        .round(5)
        .to_numpy()
        for name in ("lon", "lat")
    )
    easting, northing = to_grid(lon, lat)
    place = range(len(rows))
    rows = rows.assign(
        lon=lon, lat=lat, easting=np.round(easting, 2), northing=np.round(northing, 2),
        sensitivity=level_of,
        incident_id=[_id(level_of[n], number, salt, n) for n in place],
        source_ref=[f"{salt}ref-{source}-{level_of[n]}-{n}" for n in place],
        uprn=[f"9753{number}{LEVELS.index(level_of[n])}{ord(salt)}{n:02d}" for n in place],
        description=[f"{salt}words-{source}-{level_of[n]}" for n in place],
    )  # fmt: skip
    # Three of each level at one address, and three under one reference: cases to review.
    for first in (2 * EACH, 3 * EACH):
        case = rows.index[first : first + 3]
        rows.loc[case, "uprn"] = rows.loc[first, "uprn"]
        rows.loc[case, "place_precision"] = "address"
    case = rows.index[2 * EACH + 3 : 2 * EACH + 6]
    rows.loc[case, "source_ref"] = rows.loc[case[0], "source_ref"]
    rows["reported_at"] = rows["occurred_from"]
    nowhere = rows.index[EACH - 2 : EACH]  # routine reports whose words alone tell the place
    rows.loc[nowhere, ["lon", "lat", "easting", "northing"]] = np.nan
    rows.loc[nowhere, "place_precision"] = "none"
    return rows


def _id(level: str, number: int, salt: str, place: int) -> str:
    return f"{LEVELS.index(level)}{number}{ord(salt):x}c0ffee{place:022x}"


def _marks_of(source: str, rows: pd.DataFrame) -> list[Mark]:
    marks = []
    for level in LEVELS:
        group = rows[rows["sensitivity"] == level]
        first = group.iloc[0]
        texts = {
            "id": first["incident_id"][:12],
            "reference": first["source_ref"].rpartition("-")[0],
            "uprn": first["uprn"][:-2],
            "place": first["location_text"],
            "words": first["description"],
        }
        marks += [Mark(source, level, field, (text.encode(),)) for field, text in texts.items()]
        points = group.dropna(subset=["lon"]).iloc[::4]
        marks.append(Mark(source, level, "position", points=tuple(_positions(points))))
    return marks


def _positions(points: pd.DataFrame) -> list[tuple[bytes, bytes]]:
    """Return every way a file writes these positions: digits, and numbers of eight bytes."""
    pairs = []
    for one, other, digits in (("lon", "lat", 5), ("easting", "northing", 2)):
        for x, y in zip(points[one], points[other], strict=True):
            texts = [f"{value:.{digits}f}".rstrip("0").encode() for value in (x, y)]
            pairs.append((texts[0], texts[1]))
            pairs += [(struct.pack(f"{end}d", x), struct.pack(f"{end}d", y)) for end in "<>"]
    return pairs


def _link_and_save(store: Store) -> None:
    """Propose a link within each source and level, and keep a run of everything."""
    ids = [
        store.incidents(
            IncidentFilter(sources=(source,)), EVERYTHING, columns=("incident_id", "sensitivity")
        )
        for source in SOURCES
    ]  # fmt: skip
    pairs = [
        sorted(rows.loc[rows["sensitivity"] == level, "incident_id"].tolist())[:2]
        for rows in ids
        for level in LEVELS
    ]
    with store.transaction() as change:
        change.save_links(
            pd.DataFrame(
                {
                    "incident_a": [one for one, _ in pairs],
                    "incident_b": [other for _, other in pairs],
                    "score": 0.8,
                    **dict.fromkeys(PARTS, 0.8),
                    "certain_time": True,
                }
            )
        )
    workflows.find_hotspots(store, LOCAL_ANALYST, IncidentFilter(), save=True)


def saved_hotspots(store: Store) -> list[str]:
    """Return the ids of the saved hotspots."""
    return store.run(store.runs(EVERYTHING)[-1].run_id, EVERYTHING).hotspots["hotspot_id"].tolist()


def opened(content: bytes) -> bytes:
    """Return what a file holds, unpacked where it is packed."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())
