"""Streets and landmarks as they lie on the ground: parts, and the sites they belong to.

A site is one real street or place. Rows of the table that bear one name and lie within a kilometre
of each other, perhaps by way of others, are parts of one site; two villages' High Streets are two.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from aim.areas.gazetteer.texts import normalise_name
from aim.model.places import KNOWN_KINDS, PlaceKind

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SAME_STREET_M = 1_000.0
# A street's parts are points: one that ends this near to a ward may well be said to lie in it.
NEAR_M = 250.0
_HOUSE = r"^(?P<number>\d{1,4}[A-Za-z]?)(?:-\d{1,4}[A-Za-z]?)?\s+(?P<street>.*\D.*)$"
_NAMED_KINDS = (PlaceKind.STREET.value, *(kind.value for kind in KNOWN_KINDS))


@dataclass(frozen=True, slots=True)
class Sites:
    """Every part that bears a name, sorted by site.

    Attributes
    ----------
    names
        Distinct normalised names, sorted.
    shown
        The same names as the files write them.
    name
        The name of each site, by its place in ``names``.
    first
        Where the parts of each site begin, and one more for the end.
    row
        The row of the table of places each part stands for.
    xy
        Metres, one pair a part.
    """

    names: tuple[str, ...]
    shown: tuple[str, ...]
    name: Integers
    first: Integers
    row: Integers
    xy: Floats

    def parts(self, site: int) -> slice:
        """Return which parts belong to a site."""
        return slice(int(self.first[site]), int(self.first[site + 1]))

    def near_area(self, area: shapely.Geometry) -> Flags:
        """Say of each site whether any part of it lies in an area or near it."""
        shapely.prepare(area)
        near = shapely.dwithin(area, shapely.points(self.xy), NEAR_M)
        return self.with_parts(near)

    def near_point(self, xy: Floats) -> Flags:
        """Say of each site whether any part of it lies near a position."""
        return self.with_parts(np.hypot(*(self.xy - xy).T) <= NEAR_M)

    def with_parts(self, parts: Flags) -> Flags:
        """Say of each site whether any of its parts is among those marked."""
        return np.logical_or.reduceat(parts, self.first[:-1])


def split_houses(names: pd.Series) -> pd.DataFrame:
    """Take the names of properties apart into ``number`` (small letters) and ``street``.

    Examples
    --------
    >>> split_houses(pd.Series(["12A Bow Lane", "The Mill, Bow Lane"])).values.tolist()
    [['12a', 'Bow Lane'], ['', '']]
    """
    found = names.str.extract(_HOUSE)
    return found.assign(number=found.number.str.lower()).fillna("")


def build_sites(places: pd.DataFrame, houses: pd.DataFrame) -> Sites:
    """Gather what bears a name into sites.

    Parameters
    ----------
    places
        ``PLACE_COLUMNS``, numbered from 0.
    houses
        ``number`` and ``street`` of the properties among them, as :func:`split_houses` returns
        them, on their rows. They make up the streets that no street row names.
    """
    named = places.loc[places.kind.isin(_NAMED_KINDS) & (places.name != ""), "name"]
    keys = normalise_each(named)
    streets = houses.loc[houses.street != "", "street"]
    street_keys = normalise_each(streets)
    unnamed = ~street_keys.isin(set(keys))
    keys = pd.concat([keys, street_keys[unnamed]])
    shown = pd.concat([named, streets[unnamed]])
    located = places.loc[keys.index, ["easting", "northing"]].notna().all(axis=1) & (keys != "")
    return _arrange(places, keys[located], shown[located])


def normalise_each(names: pd.Series) -> pd.Series:
    """Normalise names, each distinct one once."""
    codes, distinct = pd.factorize(names)
    normal = np.array([normalise_name(name) for name in distinct], dtype=object)
    return pd.Series(normal[codes] if len(normal) else [], index=names.index, dtype=object)


def _arrange(places: pd.DataFrame, keys: pd.Series, shown: pd.Series) -> Sites:
    codes, names = pd.factorize(keys, sort=True)
    xy = places.loc[keys.index, ["easting", "northing"]].to_numpy(np.float64)
    site = _number_sites(codes, xy)
    order = np.lexsort((keys.index.to_numpy(), site))
    site, row = site[order], keys.index.to_numpy()[order].astype(np.int64)
    first = np.flatnonzero(np.diff(site, prepend=-1))
    as_written = shown.groupby(codes).first()
    return Sites(
        names=tuple(names),
        shown=tuple(as_written),
        name=codes[order][first].astype(np.int64),
        first=np.append(first, len(row)).astype(np.int64),
        row=row,
        xy=xy[order],
    )


def _number_sites(codes: Integers, xy: Floats) -> Integers:
    """Give every part the number of its site, in the order of names, then of first rows."""
    if not len(codes):
        return codes.astype(np.int64)
    # A third dimension keeps names apart, so that one tree serves them all.
    tree = cKDTree(np.column_stack([xy, codes * (2 * SAME_STREET_M)]))
    first, second = tree.query_pairs(SAME_STREET_M, output_type="ndarray").T
    links = coo_array((np.ones(len(first), bool), (first, second)), shape=(len(codes), len(codes)))
    site = connected_components(links, directed=False)[1]
    # Components are numbered by their first rows; a name's come after those of the names before.
    numbers: Integers = np.unique(codes * len(codes) + site, return_inverse=True)[1]
    return numbers
