"""Hotspots as councillors may see them: squares of a fixed grid, and "at least k".

The squares do not move with the data, so looking again and again tells nothing more. A square is
shown when enough addresses lie in it and enough incidents of one kind stand behind it: public ones,
which anybody can count, or routine ones, of which its ward must have k more elsewhere, so that the
ward's exact figure does not give the square's away. Sensitive incidents take no part.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from aim.access.disclosure import Audience, Geography, K, Rule, rule_for
from aim.errors import ParameterError
from aim.model.crs import BRITISH_NATIONAL_GRID
from aim.model.incidents import Sensitivity, check_incidents

SQUARE_M = 250
FEWEST_ADDRESSES = 8
SHAPE_COLUMNS = ("ward_code", "squares", "at_least", "geometry")
REMEMBERED_SQUARES = ("period", "theme", "ward_code", "square")
# An open UPRN may be a bus shelter or a substation, so twice as many are asked for.
OPEN_UPRN_NOTE = (
    "Addresses are counted from open UPRNs, which do not tell homes from other objects, so twice as"
    f" many ({2 * FEWEST_ADDRESSES}) must lie in a place before it is shown."
)


@dataclass(frozen=True, slots=True)
class SafeHotspots:
    """What may be shown of hotspots, and what must be remembered.

    Attributes
    ----------
    shapes
        ``ward_code``, ``squares`` (how many are joined), ``at_least`` (incidents in each square),
        ``geometry`` in EPSG:27700; sorted by ward and place, not by number.
    remembered
        ``period``, ``theme``, ``ward_code``, ``square``, to be kept before anything is shown; one
        row with empty ward and square where nothing may be shown.
    notes
        Sentences for the page.
    """

    shapes: gpd.GeoDataFrame
    remembered: pd.DataFrame
    notes: tuple[str, ...] = ()


def name_squares(eastings: pd.Series, northings: pd.Series) -> pd.Series:
    """Name the fixed square each position lies in.

    Parameters
    ----------
    eastings, northings
        British National Grid metres, on one index; not missing.

    Returns
    -------
    pandas.Series
        Words such as ``1818-2080``: squares of 250 m counted from the grid's own origin, east then
        north. Empty in, empty out.

    Examples
    --------
    >>> name_squares(pd.Series([454_500.0]), pd.Series([520_249.9])).tolist()
    ['1818-2080']
    """
    east = (eastings // SQUARE_M).astype("int64").astype("str")
    return east + "-" + (northings // SQUARE_M).astype("int64").astype("str")


def safe_hotspots(
    members: pd.DataFrame,
    *,
    addresses: pd.DataFrame,
    classed: bool,
    known: pd.Series,
    period: str,
    theme: str,
    audience: Audience,
    earlier: pd.DataFrame | None = None,
    k: int = K,
) -> SafeHotspots:
    """Return the squares of hotspots that may be shown, joined where they touch.

    Ask by whole complete months, or by closed quarters, but always by the same of the two, and by
    the leading theme of types: then two requests never speak about the same incidents. What was
    answered once is answered again, whatever has been reported since.

    Parameters
    ----------
    members
        Incidents that lie in hotspots: ``easting``, ``northing`` (metres), ``ward_code``,
        ``sensitivity``. Rows without a position or ward are left out.
    addresses
        Homes and shops: ``easting``, ``northing``, metres, one row each.
    classed
        Whether the addresses are told apart by class (residential, commercial). Open UPRNs are not,
        and twice as many are asked for.
    known
        Routine incidents of each whole ward in this period and theme, by ward code, as everybody
        may see them.
    period, theme
        The request, in the words of the grid.
    audience
        For the public only public incidents count, and nothing is remembered.
    earlier
        What was remembered by earlier calls; None for the first.
    k
        The fewest incidents behind a square.

    Returns
    -------
    SafeHotspots
        Without shapes where nothing may be shown.

    Raises
    ------
    ParameterError
        A column is missing.

    Examples
    --------
    >>> members = pd.DataFrame({"easting": [454_510.0] * 6, "northing": 520_010.0,
    ...     "ward_code": "N1", "sensitivity": "routine"})
    >>> homes = pd.DataFrame({"easting": [454_600.0] * 8, "northing": 520_100.0})
    >>> safe = safe_hotspots(members, addresses=homes, classed=True, known=pd.Series({"N1": 20}),
    ...     period="2026-04", theme="asb", audience=Audience.COUNCILLOR)
    >>> safe.shapes[["ward_code", "squares", "at_least"]].values.tolist()
    [['N1', 1, 5]]
    """
    check_incidents(members, ("easting", "northing", "ward_code", "sensitivity"))
    check_incidents(addresses, ("easting", "northing"))
    notes = () if classed else (OPEN_UPRN_NOTE,)
    routine_too = rule_for(Sensitivity.ROUTINE, Geography.BELOW_WARD, audience) is not Rule.NEVER
    before = _remembered(earlier) if routine_too else _remembered(None)
    asked = (before["period"] == period) & (before["theme"] == theme)
    if asked.any():
        return SafeHotspots(_join(before[asked], k), before, notes)
    placed = _place(members)
    inhabited = _inhabited(addresses, FEWEST_ADDRESSES * (1 if classed else 2))
    open_squares = _squares_with(placed, Sensitivity.PUBLIC, inhabited, k)
    if not routine_too:
        return SafeHotspots(_join(open_squares, k), before, notes)
    routine = _squares_with(placed, Sensitivity.ROUTINE, inhabited, k)
    roomy = _leave_room(routine, known, k)
    shown = pd.concat([open_squares, roomy]).drop_duplicates(["ward_code", "square"])
    kept = shown if len(shown) else pd.DataFrame({"ward_code": [""], "square": [""]})
    rows = kept.assign(period=period, theme=theme)[list(REMEMBERED_SQUARES)]
    return SafeHotspots(_join(shown, k), pd.concat([before, rows], ignore_index=True), notes)


def _remembered(earlier: pd.DataFrame | None) -> pd.DataFrame:
    if earlier is None:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in REMEMBERED_SQUARES})
    check_incidents(earlier, REMEMBERED_SQUARES)
    return earlier[list(REMEMBERED_SQUARES)]


def _place(members: pd.DataFrame) -> pd.DataFrame:
    placed = members.dropna(subset=["easting", "northing", "ward_code"])
    return placed.assign(square=name_squares(placed["easting"], placed["northing"]))


def _inhabited(addresses: pd.DataFrame, fewest: int) -> set[str]:
    placed = addresses.dropna(subset=["easting", "northing"])
    sizes = name_squares(placed["easting"], placed["northing"]).value_counts()
    return set(sizes[sizes >= fewest].index)


def _squares_with(
    placed: pd.DataFrame, level: Sensitivity, inhabited: set[str], k: int
) -> pd.DataFrame:
    """Return the inhabited squares with k incidents of one level in one ward, most first."""
    rows = placed[(placed["sensitivity"] == level.value) & placed["square"].isin(list(inhabited))]
    sizes = rows.groupby(["ward_code", "square"]).size().rename("incidents").reset_index()
    enough = sizes[sizes["incidents"] >= k]
    return enough.sort_values(["incidents", "ward_code", "square"], ascending=[False, True, True])


def _leave_room(squares: pd.DataFrame, known: pd.Series, k: int) -> pd.DataFrame:
    """Drop each ward's last squares until k incidents more than those shown remain to it."""
    missing = sorted(set(squares["ward_code"]) - set(known.index))
    if missing:
        raise ParameterError(
            f"`known` lacks the ward {missing[0]}; give every ward's routine incidents."
        )
    place = squares.groupby("ward_code").cumcount() + 1
    return squares[k * place + k <= squares["ward_code"].map(known)]


def _join(squares: pd.DataFrame, k: int) -> gpd.GeoDataFrame:
    """Join a ward's squares where they share an edge."""
    shown = squares[squares["square"] != ""]
    corners = shown["square"].str.split("-", expand=True).reindex(columns=[0, 1]).astype("int64")
    west, south = (corners[one].to_numpy() * float(SQUARE_M) for one in (0, 1))
    boxes = shapely.box(west, south, west + SQUARE_M, south + SQUARE_M)
    rows = gpd.GeoDataFrame(
        {"ward_code": shown["ward_code"].to_numpy()}, geometry=boxes, crs=BRITISH_NATIONAL_GRID
    )
    joined = rows.dissolve("ward_code").reset_index().explode(ignore_index=True)
    number = np.rint(joined.area / SQUARE_M**2).astype("int64")
    return joined.assign(squares=number, at_least=k)[list(SHAPE_COLUMNS)]
