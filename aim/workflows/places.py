"""The gazetteer: load places, find positions with them, ask a person where it is not sure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from aim.access import audit_entry, reach_of, require
from aim.areas import Gazetteer, name_known_place, place_incidents, read_places
from aim.errors import NotFoundError, ParameterError
from aim.exports import text_table
from aim.model.incidents import PlacePrecision
from aim.model.people import EVERYTHING, Action, Actor, Reach
from aim.model.places import KNOWN_KINDS
from aim.model.records import PlaceSet
from aim.model.types import slug_of
from aim.model.words import say_moment
from aim.store import Store, Transaction
from aim.workflows.links import page_of
from aim.workflows.memory import Memory
from aim.workflows.views import PlaceAnswer, PlaceGuess, PlaceReviewView
from aim.workflows.wards import assign_in_all_sets

ROWS_A_PAGE = 20
_REVIEWS: Memory[pd.DataFrame] = Memory(4)
_KNOWN: Memory[Gazetteer | None] = Memory(4)
REVIEW_COLUMNS = ["text", "ward", "best", "confidence", "second", "reports"]


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """What loading a set of places changed."""

    name: str
    places: int
    placed: int
    to_review: int
    notes: tuple[str, ...]


def add_places(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    kind: str | None = None,
    name: str | None = None,
    attribution: str = "",
) -> PlacesReport:
    """Load a file of places and find positions with it for incidents that have none.

    Parameters
    ----------
    path
        Postcodes, properties, streets or known places; see ``aim.areas.read_places``.
    kind
        postcode, uprn, street or known; told from the columns if missing.
    name
        What the set is called; a set of the same name is replaced.

    Raises
    ------
    AreaError
        The file holds no places that can be read.
    """
    require(actor, Action.LOAD_WARDS)
    places = read_places(path, kind)
    label = name or f"{places.attrs['kind']}-{slug_of(Path(path).stem)}"
    info = PlaceSet(
        name=label,
        places=len(places),
        loaded_at=datetime.now(UTC),
        file_name=Path(path).name,
        attribution=attribution or "Places as loaded by the partnership",
    )
    with store.transaction() as change:
        change.save_place_set(info, places)
        placed, review = find_positions(store, change)
        change.record(
            audit_entry(actor, Action.LOAD_WARDS, places=slug_of(label), count=len(places))
        )
    notes = tuple(places.attrs.get("notes", ()))
    return PlacesReport(label, len(places), len(placed), len(review), notes)


def place_set_list(store: Store, actor: Actor) -> list[PlaceSet]:
    """Return the loaded sets of places, by name."""
    require(actor, Action.VIEW)
    return store.place_sets(reach_of(actor))


def find_positions(
    store: Store, change: Transaction, incidents: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find positions for incidents without one, and their wards; return placed and review.

    Parameters
    ----------
    incidents
        Only these, such as a delivery's; every stored one without a position if missing.
    """
    if not store.place_sets(EVERYTHING) or (incidents is not None and incidents.empty):
        return pd.DataFrame(), pd.DataFrame()
    asked = store.without_position(EVERYTHING) if incidents is None else incidents
    if asked.empty:
        return pd.DataFrame(), pd.DataFrame()
    places = store.places(EVERYTHING)
    wards = store.wards(EVERYTHING)
    gazetteer = Gazetteer(places, wards if len(wards) else None)
    placed, review = place_incidents(asked, gazetteer, answers=store.place_answers(EVERYTHING))
    change.save_placed(placed, asked=None if incidents is None else asked["incident_id"])
    assign_in_all_sets(store, change)
    return placed, review


def place_review(store: Store, actor: Actor) -> pd.DataFrame:
    """Return the words a person should settle, those of most reports first.

    Returns
    -------
    pandas.DataFrame
        ``text`` and ``ward`` (to answer by), ``best`` and ``second`` guess, ``confidence``,
        ``reports`` (how many rows say so), ``easting``, ``northing``; empty where all is settled.
    """
    require(actor, Action.VIEW)
    reach = reach_of(actor)
    places = store.places(reach)
    rows = store.without_position(reach)
    if places.empty or rows.empty:
        return pd.DataFrame(columns=[*REVIEW_COLUMNS, "easting", "northing"])
    wards = store.wards(reach)
    gazetteer = Gazetteer(places, wards if len(wards) else None)
    _, review = place_incidents(rows, gazetteer, answers=store.place_answers(reach))
    grouped = review.groupby(["text", "ward"], sort=True, dropna=False)
    first = grouped.first().assign(reports=grouped.size()).reset_index()
    ordered = first.sort_values(["reports", "text"], ascending=[False, True], kind="stable")
    return ordered[[*REVIEW_COLUMNS, "easting", "northing"]].reset_index(drop=True)


def review_text(store: Store, actor: Actor) -> str:
    """Return the review list for a terminal."""
    review = place_review(store, actor)
    if review.empty:
        return "Nothing waits for an answer.\n"
    return text_table(review[REVIEW_COLUMNS].round(2))


def place_review_view(store: Store, actor: Actor, *, page: int = 1) -> PlaceReviewView:
    """Build the page of words that wait for an answer, and of the answers given.

    Parameters
    ----------
    page
        From 1; a page beyond the last is the last.
    """
    require(actor, Action.LOAD_WARDS)
    reach = reach_of(actor)
    answers = store.place_answers(reach).sort_values("answered_at", ascending=False, kind="stable")
    sets = tuple((one.name, one.loaded_at) for one in store.place_sets(reach))
    question = (actor, sets, len(answers), answers["answered_at"].max() if len(answers) else None)
    waiting = _REVIEWS.recall(store, question, lambda: place_review(store, actor))
    shown, page, pages = page_of(waiting, page, ROWS_A_PAGE)
    return PlaceReviewView(
        guesses=tuple(_guess(one) for one in shown.to_dict("records")),
        answers=tuple(_answer(one) for one in answers.head(ROWS_A_PAGE).to_dict("records")),
        waiting=len(waiting),
        page=page,
        pages=pages,
    )


def _guess(one: dict[Any, Any]) -> PlaceGuess:
    known = pd.notna(one["easting"])
    return PlaceGuess(
        text=str(one["text"]),
        ward=_plain(one["ward"]),
        reports=f"{int(one['reports']):,}",
        best=_plain(one["best"]) if known else "",
        at=f"{one['easting']:.1f},{one['northing']:.1f}" if known else "",
        sure=f"{one['confidence']:.0%} alike" if pd.notna(one["confidence"]) else "",
        second=_plain(one["second"]),
    )


def _answer(one: dict[Any, Any]) -> PlaceAnswer:
    placed = pd.notna(one["easting"])
    said = f"at {one['easting']:.0f}, {one['northing']:.0f}" if placed else "names no place"
    by = f"{one['actor']} on {say_moment(one['answered_at'])}"
    return PlaceAnswer(str(one["text"]), _plain(one["ward"]), said, by)


def _plain(text: object) -> str:
    return "" if pd.isna(text) else str(text)  # type: ignore[call-overload]  # a cell


def forget_place(store: Store, actor: Actor, text: str, *, ward: str = "") -> None:
    """Forget what was said of some words; reports placed by it lose that position.

    Raises
    ------
    NotFoundError
        Nothing was said of them.
    """
    require(actor, Action.LOAD_WARDS)
    with store.transaction() as change:
        if not change.forget_place_answer(text, ward):
            raise NotFoundError(f"Nothing was said of {text!r}; aim places review lists the words.")
        find_positions(store, change)
        change.record(audit_entry(actor, Action.LOAD_WARDS, forgotten=1))


def answer_place(
    store: Store,
    actor: Actor,
    text: str,
    *,
    ward: str = "",
    at: tuple[float, float] | None,
) -> int:
    """Remember where some words mean, or that they mean nowhere; return how many rows it placed.

    Parameters
    ----------
    text, ward
        As the review list shows them.
    at
        Easting and northing in metres; None for nowhere.

    Raises
    ------
    ParameterError
        No text was given.
    """
    require(actor, Action.LOAD_WARDS)
    if not text.strip():
        raise ParameterError("`text` is empty; give the words as aim places review shows them.")
    easting, northing = at or (float("nan"), float("nan"))
    answer = {
        "text": text,
        "ward": ward,
        "name": text if at else "",
        "easting": easting,
        "northing": northing,
        "precision": (PlacePrecision.STREET if at else PlacePrecision.NONE).value,
    }
    with store.transaction() as change:
        change.answer_place(answer, actor=actor.id)
        placed, _ = find_positions(store, change)
        change.record(audit_entry(actor, Action.LOAD_WARDS, answered=1, placed=len(placed)))
    return int((placed["matched"] == text).sum()) if len(placed) else 0


def read_metres(text: str) -> tuple[float, float]:
    """Read ``easting,northing``.

    Raises
    ------
    ParameterError
        The text is not two numbers.

    Examples
    --------
    >>> read_metres("480500,530600")
    (480500.0, 530600.0)
    """
    try:
        easting, northing = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ParameterError(
            f"`at` must be easting,northing in metres, found {text!r}; write 480500,530600."
        ) from error
    return easting, northing


def known_places(store: Store, reach: Reach, hotspots: pd.DataFrame) -> dict[str, str]:
    """Return, by rank, the known place each hotspot stands on: a hospital, a station, a court."""
    sets = store.place_sets(reach)
    if hotspots.empty or not sets:
        return {}
    question = (reach, tuple((one.name, one.loaded_at) for one in sets))
    gazetteer = _KNOWN.recall(store, question, lambda: _known_gazetteer(store, reach))
    if gazetteer is None:
        return {}
    found = {
        str(rank): name_known_place(float(easting), float(northing), gazetteer)
        for rank, easting, northing in zip(
            hotspots["rank"], hotspots["easting"], hotspots["northing"], strict=True
        )
    }
    return {rank: name for rank, name in found.items() if name}


def _known_gazetteer(store: Store, reach: Reach) -> Gazetteer | None:
    places = store.places(reach)
    known = places[places["kind"].isin(KNOWN_KINDS)]
    return None if known.empty else Gazetteer(known)
