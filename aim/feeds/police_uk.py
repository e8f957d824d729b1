"""Public archives of data.police.uk: street-level crime, outcomes, stops and searches.

The truth of the data. A row of a street file is known to its month, not its day, and its point is
one of some 750,000 map points, each shared by eight addresses or more. Anti-social behaviour and
British Transport Police rows have no Crime ID; identical ones are separate incidents, and a seventh
of a month may repeat another row in full. A row's text never changes between editions; its outcome
does. Rows with "No Location" have no point. A force's file holds a few rows far outside its area,
and a month that is present may still be half empty.

A row of an outcomes file is no incident: it is kept in the description of the crime with its Crime
ID, all of them where a crime has several, and refused where the delivery holds no such crime.
Load street and outcomes files together, as the folder they come in; a street file loaded again
alone says nothing of outcomes, and those delivered before stay. A stop and search is what the
police did, not what happened to anybody: it has a type of its own and a time to the minute, stands
at a map point, and is read only from a file named by itself, never with a folder. Gender and
ethnicity are dropped at the door. The reply of the API (JSON) is read too; it names the category
by its slug and no force, so the archive and the API do not know each other's rows: load one.

Source: https://data.police.uk/about/ (columns), Open Government Licence v3.0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from aim.errors import FeedFormatError
from aim.feeds._dates import needed_faults, read_moments, read_months, single_moments
from aim.feeds._feed import TableFeed, build_result, faults_of, shown_cells
from aim.feeds._identity import normal_reference
from aim.feeds._places import read_places
from aim.feeds._seam import (
    Asked,
    Draft,
    FeedColumn,
    Identity,
    Shape,
    filled,
    on_distinct,
    say_rows,
)
from aim.feeds._table import Table, Wanted, read_tables
from aim.feeds._text import read_band
from aim.feeds._words import join_texts
from aim.model.incidents import REJECTED_COLUMNS, FeedResult, PlacePrecision, TimePrecision

LONGITUDE = FeedColumn("longitude", ("Longitude", "lon", "lng", "location longitude"))
LATITUDE = FeedColumn("latitude", ("Latitude", "lat", "location latitude"))
COLUMNS = (
    FeedColumn("month", ("Month",)),
    LONGITUDE,
    LATITUDE,
    FeedColumn("crime_type", ("Crime type", "Category")),
    FeedColumn("crime_id", ("Crime ID", "persistent_id")),
    FeedColumn("reported_by", ("Reported by",)),
    FeedColumn("location", ("Location", "location street name")),
    FeedColumn("context", ("Context",)),
    FeedColumn("area_code", ("LSOA code",)),
)
OUTCOMES = (
    FeedColumn("crime_id", ("Crime ID",)),
    FeedColumn("outcome", ("Outcome type",)),
    FeedColumn("month", ("Month",)),
)
STOPS = (
    FeedColumn("date", ("Date", "datetime")),
    FeedColumn("object", ("Object of search", "object_of_search")),
    FeedColumn("legislation", ("Legislation",)),
    FeedColumn("kind", ("Type",)),
    LATITUDE,
    LONGITUDE,
    FeedColumn("age", ("Age range",)),
    FeedColumn("outcome", ("Outcome",)),
    FeedColumn("location", ("Location", "location street name")),
)
# Fixed: neither the outcome nor the LSOA, which change between editions.
IDENTITY = Identity("1", ("month", "longitude", "latitude", "location", "crime_type"))
OUTCOME_IDENTITY = Identity("1", ("crime_id", "month", "outcome"))
# Fixed: the search as made; not its outcome.
STOP_IDENTITY = Identity(
    "1", ("date", "kind", "latitude", "longitude", "age", "legislation", "object")
)
# What outcomes begin with in a description, and in the note of a delivery that has some.
OUTCOMES_WORD = "Outcomes: "
PERSONAL = ("Gender", "Self-defined ethnicity", "Officer-defined ethnicity")


def read_rows(cells: pd.DataFrame) -> Draft:
    """Turn street-level rows into a draft."""
    interval, fault = read_months(cells["month"], "Month")
    places, notes = _map_points(cells)
    rows = pd.concat([interval, places], axis=1).assign(
        time_precision=TimePrecision.MONTH.value,
        location_text=cells["location"],
        description=cells["context"],
    )
    return Draft(
        rows=rows,
        faults=faults_of(cells.index, (fault, shown_cells(cells["month"], fault))),
        type_words=(cells["crime_type"],),
        notes=notes,
    )


def _map_points(cells: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    snapped = pd.Series(PlacePrecision.SNAPPED.value, index=cells.index, dtype=object)
    return read_places(cells, snapped)


def read_stops(cells: pd.DataFrame) -> Draft:
    """Turn stops and searches into a draft."""
    moments = read_moments(cells["date"], "Date")
    fault = needed_faults(moments, "Date")
    places, notes = _map_points(cells)
    age = on_distinct(cells["age"], read_band)
    rows = places.assign(
        **single_moments(moments),
        location_text=cells["location"],
        description=_labelled(cells, ("object", "legislation", "outcome")),
        suspect_age_band=age.mask(age == "", None),
    )
    search = pd.Series("Stop and search", index=cells.index, dtype=object)
    return Draft(
        rows=rows,
        faults=faults_of(cells.index, (fault, shown_cells(cells["date"], fault))),
        type_words=(cells["kind"], search),
        notes=(
            *notes,
            "Stops and searches are what the police did; choose types to leave them out.",
        ),
    )


def _labelled(cells: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    texts = [
        on_distinct(cells[name], lambda text, name=name: f"{name.title()}: {text}" if text else "")  # type: ignore[misc]  # a default binds the name
        for name in names
    ]
    return join_texts(texts, "; ")


def add_outcomes(result: FeedResult, outcomes: Sequence[Table]) -> FeedResult:
    """Keep outcomes in the descriptions of their crimes; refuse those without a crime.

    Parameters
    ----------
    result
        The crimes of the same delivery.
    outcomes
        Tables of the outcomes' layout; none changes nothing.
    """
    if not outcomes:
        return result
    rows = _outcome_rows(outcomes)
    rows.loc[~rows["source_ref"].isin(result.incidents["source_ref"].dropna()), "reason"] = (
        "No crime with this Crime ID is in this delivery; load it with its street file"
    )
    rows.loc[rows["source_ref"] == "", "reason"] = "Crime ID is blank"
    rows.loc[filled(rows["fault"]), "reason"] = rows["fault"]
    kept, refused = rows[rows["reason"] == ""], rows[rows["reason"] != ""]
    said = kept.sort_values("month", kind="stable").groupby("source_ref", sort=False)["said"]
    texts = said.agg(lambda words: OUTCOMES_WORD + "; ".join(dict.fromkeys(words)))
    described = _described(result.incidents, "source_ref", texts.to_dict())
    incidents = result.incidents.assign(description=described)
    lost = refused[list(REJECTED_COLUMNS)].astype(result.rejected.dtypes.to_dict())
    crimes = f"{len(texts):,} crime" + ("" if len(texts) == 1 else "s")
    note = f"{OUTCOMES_WORD}{say_rows(len(kept))} kept in the descriptions of {crimes}."
    rejected = pd.concat([result.rejected, lost], ignore_index=True) if len(lost) else None
    return replace(
        result,
        incidents=incidents,
        rejected=result.rejected if rejected is None else rejected,
        notes=(*result.notes, note),
    )


def keep_outcomes(result: FeedResult, held: pd.DataFrame) -> FeedResult:
    """Give crimes that come without outcomes those an earlier delivery told of them.

    Parameters
    ----------
    result
        A delivery.
    held
        ``incident_id`` and ``description`` of what is kept already.

    Returns
    -------
    FeedResult
        The delivery itself where it changes nothing. Outcomes that it brings win.

    Examples
    --------
    >>> crimes = pd.DataFrame({"incident_id": ["a1"], "description": ["Shed"]})
    >>> held = pd.DataFrame({"incident_id": ["a1"],
    ...     "description": ["Shed Outcomes: 2026-04 Suspect charged"]})
    >>> keep_outcomes(FeedResult(crimes, crimes.head(0)), held).incidents.description.tolist()
    ['Shed Outcomes: 2026-04 Suspect charged']
    """
    incidents = result.incidents
    silent = set(incidents.loc[~_tells(incidents["description"]), "incident_id"])
    told = held[_tells(held["description"]) & held["incident_id"].isin(silent)]
    texts = {
        str(one): f"{OUTCOMES_WORD}{text.partition(OUTCOMES_WORD)[2]}"
        for one, text in zip(told["incident_id"], told["description"], strict=True)
    }
    if not texts:
        return result
    described = _described(incidents, "incident_id", texts)
    crimes = f"{len(texts):,} crime" + ("" if len(texts) == 1 else "s")
    note = f"{OUTCOMES_WORD}those of {crimes} came in an earlier delivery and are kept."
    return replace(
        result, incidents=incidents.assign(description=described), notes=(*result.notes, note)
    )


def _tells(descriptions: pd.Series) -> pd.Series:
    return descriptions.fillna("").str.contains(OUTCOMES_WORD, regex=False)


def _outcome_rows(outcomes: Sequence[Table]) -> pd.DataFrame:
    tables = [
        table.cells.assign(file=table.file, row=table.cells.index, fault=table.faults)
        for table in outcomes
    ]
    rows = pd.concat(tables, ignore_index=True)
    rows["source_ref"] = on_distinct(rows["crime_id"], normal_reference)
    rows["said"] = (rows["month"] + " " + rows["outcome"]).str.strip()
    return rows.assign(reason="", cell="")


def _described(incidents: pd.DataFrame, key: str, texts: Mapping[Any, str]) -> pd.Series:
    """Return the descriptions with the text added that belongs to each row's key."""
    own = incidents["description"].fillna("").astype(object)
    found = [texts.get(one, "") for one in incidents[key]]
    joined = join_texts([own, pd.Series(found, index=incidents.index, dtype=object)], " ")
    return joined.where(filled(joined), None).astype("str")


STREET = Shape(
    columns=COLUMNS,
    needed=(("month",), ("longitude",), ("latitude",), ("crime_type",)),
    identity=IDENTITY,
    read_rows=read_rows,
    reference="crime_id",
    sender="reported_by",
    title="Crimes",
)
OUTCOME = Shape(
    columns=OUTCOMES,
    needed=(("crime_id",), ("outcome",)),
    identity=OUTCOME_IDENTITY,
    read_rows=read_rows,  # never called: an outcome is added to its crime
    reference="crime_id",
    title="Outcomes",
)
STOP = Shape(
    columns=(*STOPS, FeedColumn("reference", ("Search ID",))),
    needed=(("date",), ("object",), ("legislation",)),
    identity=STOP_IDENTITY,
    read_rows=read_stops,
    reference="reference",
    title="Stops and searches",
)


@dataclass(frozen=True, slots=True)
class PoliceUkFeed(TableFeed):
    """The one feed whose files belong together: outcomes are joined to crimes."""

    def read(self, path: Path, asked: Asked) -> FeedResult:
        """Read one file, or the street and outcomes files of a folder."""
        wanted = Wanted(self.name, self.shapes, self.personal, self.pattern)
        tables = read_tables(path, wanted, asked)
        crimes = [table for table in tables if table.shape is not OUTCOME]
        if not crimes:
            raise FeedFormatError(
                f"{path.name} was asked for as {self.name}; these are outcomes of crimes, not"
                " incidents. Load the folder that holds them together with the street files."
            )
        result = build_result(self.name, crimes, asked)
        result = add_outcomes(result, [table for table in tables if table.shape is OUTCOME])
        asked.say(1.0)
        return replace(result, notes=(*result.notes, *_left_out(path)))


def _left_out(path: Path) -> tuple[str, ...]:
    """Say which stop and search files of a folder were not read."""
    if not path.is_dir():
        return ()
    number = sum(1 for _ in path.rglob("*-stop-and-search.csv*"))
    files = "file was" if number == 1 else "files were"
    return (
        f"{number} stop and search {files} not read with the folder; name one to load it.",
    ) * bool(number)


FEED = PoliceUkFeed(
    name="police-uk",
    title="data.police.uk street-level crime, known to the month and the nearest map point",
    reads="csv or the API's json, also .gz, .xz or .zip; a file, or a folder searched for"
    " *-street.csv and *-outcomes.csv; a stop and search file by itself",
    shapes=(STREET, OUTCOME, STOP),
    personal=PERSONAL,
    pattern=r".*-(street|outcomes)\.csv(\.gz|\.xz|\.zip)?",
)
