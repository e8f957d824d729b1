"""Give incidents that came without a position the place their words name."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.areas.gazetteer.index import Gazetteer
from aim.errors import ParameterError
from aim.model.crs import to_degrees
from aim.model.incidents import check_incidents
from aim.model.places import PLACE_ANSWER_COLUMNS

# Found on the sample borough and five others like it: below it wrong streets begin to pass, above
# it right ones are held back. Of texts whose street the gazetteer lacks, some 3 in 100 pass.
THRESHOLD = 0.8
PLACED_COLUMNS = (
    "incident_id", "easting", "northing", "lon", "lat", "place_precision", "confidence", "matched",
)  # fmt: skip
REVIEW_COLUMNS = (
    "incident_id", "location_text", "text", "ward", "postcode", "best", "confidence", "second",
    "margin", "easting", "northing", "precision",
)  # fmt: skip
_POINT = {
    "easting": "float64", "northing": "float64", "place_precision": "str",
    "confidence": "float64", "matched": "str",
}  # fmt: skip
_NEEDED = ("incident_id", "easting", "northing", "uprn", "location_text")

Flags = npt.NDArray[np.bool_]


def place_incidents(
    incidents: pd.DataFrame,
    gazetteer: Gazetteer,
    *,
    threshold: float = THRESHOLD,
    answers: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find a position for the incidents that have none.

    A remembered answer wins; then the property number; then the property or street the text names,
    where that is sure enough; then the postcode in the text. A row that says no more than a ward
    stays without a point. A row that has a position is never looked at.

    Parameters
    ----------
    incidents
        Rows with ``incident_id``, ``easting``, ``northing``, ``uprn`` and ``location_text``.
    gazetteer
        The places to find them in.
    threshold
        The least confidence, from 0 to 1, with which a text may name a place by itself.
    answers
        What people answered before: ``PLACE_ANSWER_COLUMNS``; a missing easting means nowhere.

    Returns
    -------
    placed, review
        ``placed``: ``incident_id``, ``easting``, ``northing`` (metres), ``lon``, ``lat`` (degrees),
        ``place_precision``, ``confidence`` and ``matched`` (what was found), for the rows that got
        a position. ``review``: the rows that name a place but not surely enough, with the words as
        they were understood (``text``, ``ward``, to be answered by them), the ``best`` and
        ``second`` place and where the best lies. Both on the index of ``incidents``; empty in,
        empty out. No incident is in both.

    Raises
    ------
    ParameterError
        A column is missing, or the threshold is not between 0 and 1.

    Examples
    --------
    >>> from aim.model.incidents import conform_incidents
    >>> from aim.model.places import conform_places
    >>> places = conform_places(pd.DataFrame(
    ...     {"kind": "street", "name": ["Puffin Way"], "easting": [476_200], "northing": [529_700],
    ...      "precision": "street"}
    ... ))
    >>> incidents = conform_incidents(pd.DataFrame(
    ...     {"incident_id": ["a", "b"], "location_text": ["pufin way", "Gull Lane"]}
    ... ))
    >>> placed, review = place_incidents(incidents, Gazetteer(places))
    >>> placed.incident_id.tolist(), review.incident_id.tolist()
    (['a'], ['b'])
    """
    _check(incidents, threshold, answers)
    lost = incidents[incidents["easting"].isna() | incidents["northing"].isna()]
    found = gazetteer.match(lost["location_text"]).reset_index(drop=True)
    points, settled = _by_answer(found, answers)
    for layer in (
        _by_row(gazetteer, gazetteer.find_uprns(lost["uprn"].fillna(""))),
        _by_text(found, threshold),
        _by_row(gazetteer, gazetteer.find_postcodes(found["postcode"])),
    ):
        points = points.mask(~settled, layer)
        settled |= points["easting"].notna()
    unsure = ~settled & (found["text"] != "")
    return _placed(lost, points), _review(lost, found, unsure.to_numpy())


def _check(incidents: pd.DataFrame, threshold: float, answers: pd.DataFrame | None) -> None:
    check_incidents(incidents, _NEEDED)
    if not 0 <= threshold <= 1:
        raise ParameterError(
            f"Asked to place incidents with a confidence of {threshold};"
            " found no such share. Give a number from 0 to 1, such as 0.8."
        )
    missing = [
        column.name
        for column in PLACE_ANSWER_COLUMNS
        if answers is not None and column.name not in answers.columns
    ]
    if missing:
        raise ParameterError(
            f"`answers` lacks {', '.join(missing)}. Read them from the store as they are kept."
        )


def _by_answer(found: pd.DataFrame, answers: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.Series]:
    """Return the answered points, and which rows are settled: those answered nowhere too."""
    points = pd.DataFrame(index=found.index, columns=list(_POINT)).astype(_POINT)
    if answers is None:
        return points, pd.Series(data=False, index=found.index)
    known = answers.drop_duplicates(["text", "ward"], keep="last").rename(
        columns={"name": "matched", "precision": "place_precision"}
    )
    keys = ["text", "ward"]
    told = found[keys].merge(known.assign(confidence=1.0), on=keys, how="left", indicator=True)
    settled = (told["_merge"] == "both") & (told["text"] != "")
    return told[list(_POINT)].astype(_POINT), settled


def _by_row(gazetteer: Gazetteer, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the points of rows of the gazetteer, missing where there is none."""
    places = gazetteer.places.reindex(rows).reset_index(drop=True)
    return places.assign(
        place_precision=places["precision"],
        confidence=1.0,
        matched=places["name"].where(places["name"] != "", places["postcode"]),
    )[list(_POINT)].astype(_POINT)


def _by_text(found: pd.DataFrame, threshold: float) -> pd.DataFrame:
    points = found.rename(columns={"precision": "place_precision"})[list(_POINT)]
    return points.where((found["confidence"] >= threshold) & (found["place"] >= 0)).astype(_POINT)


def _placed(lost: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    placed = points.set_axis(lost.index).assign(incident_id=lost["incident_id"])
    placed = placed[placed["easting"].notna() & placed["northing"].notna()]
    lon, lat = to_degrees(placed["easting"], placed["northing"])
    return placed.assign(lon=lon, lat=lat)[list(PLACED_COLUMNS)]


def _review(lost: pd.DataFrame, found: pd.DataFrame, unsure: Flags) -> pd.DataFrame:
    asked = lost.loc[unsure, ["incident_id", "location_text"]]
    candidates = found[unsure].rename(columns={"matched": "best"}).set_axis(asked.index)
    return pd.concat([asked, candidates], axis=1)[list(REVIEW_COLUMNS)]
