"""Look places up: by postcode and property number exactly, by street and name nearly.

Which street a text means is settled by how alike the names are, and by the ward and the postcode
said with it: a street in that ward needs less likeness, one far from it more. A second street that
does nearly as well makes the first less certain, so that of two High Streets neither is guessed.

A street's point is the middle one of its parts, of those in the ward said where there are any; the
nearest to the postcode, or to the crossing street, where one is said.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from aim.areas.gazetteer.choosing import Asked, Best, choose_sites
from aim.areas.gazetteer.names import NameList
from aim.areas.gazetteer.sites import NEAR_M, Sites, build_sites, normalise_each, split_houses
from aim.areas.gazetteer.texts import (
    PlaceWords,
    normalise_name,
    normalise_postcode,
    read_place_words,
)
from aim.errors import ParameterError
from aim.model.incidents import PlacePrecision
from aim.model.places import KNOWN_KINDS, PLACE_COLUMN_NAMES, PlaceKind, conform_places

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A property or crossing further from the street than this is not the one meant.
_SAME_PLACE_M = 500.0


class Question(NamedTuple):
    """One distinct text, and the ward and postcode that came in columns of their own."""

    text: str
    ward: str
    postcode: str


class Gazetteer:
    """A borough's places, built once and asked often.

    Parameters
    ----------
    places
        ``PLACE_COLUMNS``; several frames of :func:`read_places` may be joined with
        :func:`pandas.concat`. Rows without a position are not found.
    wards
        Areas as :func:`read_wards` returns them, so that the ward said with a street tells which
        street is meant. The locality of a place, where the table gives one, serves the same end.

    Attributes
    ----------
    places
        The table, numbered from 0.

    Raises
    ------
    ParameterError
        A column is missing.

    Notes
    -----
    Memory is some hundred bytes a property. Ten thousand different texts against five thousand
    streets take a few seconds on two cores.

    Examples
    --------
    >>> places = pd.DataFrame(
    ...     {"kind": "street", "name": ["Puffin Way", "Brill Road"], "locality": "",
    ...      "postcode": "", "uprn": "", "place_class": "", "easting": [476_200.0, 480_000.0],
    ...      "northing": [529_700.0, 533_000.0], "precision": "street"}
    ... )
    >>> found = Gazetteer(places).match(["o/s 12 pufin way", "On or near Brill Rd", "by the sea"])
    >>> found.matched.tolist()
    ['Puffin Way', 'Brill Road', '']
    """

    def __init__(self, places: pd.DataFrame, wards: gpd.GeoDataFrame | None = None) -> None:
        missing = [name for name in PLACE_COLUMN_NAMES if name not in places.columns]
        if missing:
            raise ParameterError(
                f"`places` lacks {', '.join(missing)}; found"
                f" {', '.join(map(str, places.columns)) or 'no column'}."
                " Read them with aim.areas.read_places."
            )
        self.places = conform_places(places)
        self._wards = {} if wards is None else _areas_by_name(wards)
        self._near: dict[str, Flags] = {}

    def __repr__(self) -> str:
        """Say how many places of each kind there are."""
        counts = self.places.kind.value_counts(sort=False).sort_index()
        return f"Gazetteer({', '.join(f'{number} {kind}' for kind, number in counts.items())})"

    def find_postcodes(self, postcodes: Iterable[str]) -> Integers:
        """Return the row of each postcode in ``places``, however it is spaced; -1 for none."""
        rows = [self._postcodes.get(normalise_postcode(one), -1) for one in postcodes]
        return np.array(rows, np.int64)

    def find_uprns(self, uprns: Iterable[str]) -> Integers:
        """Return the row of each property number in ``places``, zeros in front or not; or -1."""
        rows = [self._uprns.get(one.strip().lstrip("0"), -1) for one in uprns]
        return np.array(rows, np.int64)

    def match(
        self,
        texts: Iterable[str],
        wards: Iterable[str] | None = None,
        postcodes: Iterable[str] | None = None,
    ) -> pd.DataFrame:
        """Find the street, property or known place each text names.

        Parameters
        ----------
        texts
            Senders' words; a missing text names nothing.
        wards, postcodes
            What other columns of the same rows say, code or name of the ward; empty where they say
            nothing. What the text itself says serves where they do not.

        Returns
        -------
        pandas.DataFrame
            One row a text, on the index of ``texts`` where it is a series: ``place`` (the row in
            ``places``, -1 for none), ``kind``, ``matched`` (the name; empty for none),
            ``confidence`` (0 to 1), ``margin`` (how much worse the second best does), ``second``
            (its name), ``easting``, ``northing`` (metres), ``precision``, and what was read:
            ``text`` (the street as it was understood), ``ward`` and ``postcode``. Empty in, empty
            out.

        Notes
        -----
        The best is given however poor it is: take those above a threshold.
        """
        asked = _questions(texts, wards, postcodes)
        codes, distinct = pd.factorize(pd.MultiIndex.from_frame(asked))
        answers = self._answer([Question(*one) for one in distinct])
        return answers.iloc[codes].set_axis(asked.index)

    def nearest_known(self, easting: float, northing: float) -> tuple[int, float]:
        """Return the row of the nearest known place and its distance in metres; -1 for none."""
        tree, rows = self._known
        if tree is None:
            return -1, np.inf
        distance, place = tree.query([easting, northing])
        return int(rows[place]), float(distance)

    @cached_property
    def _sites(self) -> Sites:
        return build_sites(self.places, self._houses)

    @cached_property
    def _houses(self) -> pd.DataFrame:
        return split_houses(self.places.loc[self.places.kind == PlaceKind.UPRN.value, "name"])

    @cached_property
    def _names(self) -> NameList:
        return NameList(self._sites.names)

    @cached_property
    def _addresses(self) -> dict[tuple[str, str], list[int]]:
        """The properties of each street and number."""
        houses = self._houses[self._houses.number != ""]
        houses = houses[self.places.loc[houses.index, "easting"].notna()]
        found: dict[tuple[str, str], list[int]] = {}
        streets = normalise_each(houses.street)
        for row, street, number in zip(houses.index, streets, houses.number, strict=True):
            found.setdefault((street, number), []).append(row)
        return found

    @cached_property
    def _postcodes(self) -> dict[str, int]:
        # A postcode used again stands twice: the one still in use wins.
        rows = self._located(PlaceKind.POSTCODE).sort_values(
            "place_class", key=lambda classes: classes == "terminated", kind="stable"
        )
        return dict(zip(rows.postcode[::-1], rows.index[::-1], strict=True))

    @cached_property
    def _uprns(self) -> dict[str, int]:
        rows = self._located(PlaceKind.UPRN)
        rows = rows[rows.uprn != ""]
        return dict(zip(rows.uprn[::-1], rows.index[::-1], strict=True))

    def _located(self, kind: PlaceKind) -> pd.DataFrame:
        rows = self.places[self.places.kind == kind.value]
        return rows[rows.easting.notna() & rows.northing.notna()]

    @cached_property
    def _postcode_points(self) -> dict[str, Floats]:
        """Where each postcode lies: its own point, else the middle of what bears it."""
        rows = self.places[(self.places.postcode != "") & self.places.easting.notna()]
        middles = rows.groupby("postcode")[["easting", "northing"]].mean()
        points = dict(zip(middles.index, middles.to_numpy(np.float64), strict=True))
        exact = self.places[["easting", "northing"]].to_numpy(np.float64)
        return points | {postcode: exact[row] for postcode, row in self._postcodes.items()}

    @cached_property
    def _known(self) -> tuple[cKDTree | None, Integers]:
        known = self.places.kind.isin([kind.value for kind in KNOWN_KINDS])
        rows = self.places[known & self.places.easting.notna() & (self.places.name != "")]
        tree = cKDTree(rows[["easting", "northing"]].to_numpy(np.float64)) if len(rows) else None
        return tree, rows.index.to_numpy(np.int64)

    @cached_property
    def _area_names(self) -> frozenset[str]:
        """Names that follow a street and are none."""
        return frozenset(self._localities) | frozenset(self._wards)

    @cached_property
    def _localities(self) -> dict[str, Integers]:
        """The rows of each village or town."""
        rows = self.places.index.to_series().groupby(normalise_each(self.places.locality))
        return {str(name): row.to_numpy(np.int64) for name, row in rows if name}

    def _answer(self, questions: Sequence[Question]) -> pd.DataFrame:
        """Answer distinct questions, one row each."""
        words = [read_place_words(one.text, self._area_names) for one in questions]
        asked = [
            self._ask(one, read, read.names) for one, read in zip(questions, words, strict=True)
        ]
        crossings = [
            self._ask(one, read, (read.crossing,) if read.crossing else ())
            for one, read in zip(questions, words, strict=True)
        ]
        best = choose_sites(asked, self._sites, self._names, self._sites_near)
        crossing = choose_sites(crossings, self._sites, self._names, self._sites_near)
        places = [
            self._place(read, one, site, other)
            for read, one, site, other in zip(
                words, asked, best.site.tolist(), crossing.site.tolist(), strict=True
            )
        ]
        return self._frame(asked, best, pd.DataFrame(places, columns=["place", "is_address"]))

    def _ask(self, question: Question, words: PlaceWords, names: tuple[str, ...]) -> Asked:
        return Asked(
            names,
            normalise_name(question.ward) or words.area,
            normalise_postcode(question.postcode) or words.postcode,
        )

    def _frame(self, asked: Sequence[Asked], best: Best, found: pd.DataFrame) -> pd.DataFrame:
        rows = self.places.reindex(found.place).reset_index(drop=True)
        shown = pd.Series([self._shown(site) for site in best.site], dtype=object)
        # A property found for want of a street row stands for its street alone.
        stands_in = (rows.kind == PlaceKind.UPRN.value) & ~found.is_address
        return pd.DataFrame(
            {
                "place": found.place,
                "kind": rows.kind.fillna("").mask(stands_in, PlaceKind.STREET.value),
                "matched": shown.mask(found.is_address, rows.name),
                "confidence": best.confidence,
                "margin": best.margin,
                "second": [self._shown(site) for site in best.second],
                "easting": rows.easting,
                "northing": rows.northing,
                "precision": rows.precision.fillna(PlacePrecision.NONE.value).mask(
                    stands_in, PlacePrecision.STREET.value
                ),
                "text": [next(iter(one.names), "") for one in asked],
                "ward": [one.ward for one in asked],
                "postcode": [one.postcode for one in asked],
            }
        )

    def _shown(self, site: int) -> str:
        return self._sites.shown[self._sites.name[site]] if site >= 0 else ""

    def _sites_near(self, word: str) -> Flags | None:
        """Say which sites lie near a ward or postcode; nothing where it is not known."""
        if word in self._postcode_points:
            return self._sites.near_point(self._postcode_points[word])
        if word in self._area_names and word not in self._near:
            self._near[word] = (
                self._sites.near_area(self._wards[word])
                if word in self._wards
                else self._sites.with_parts(np.isin(self._sites.row, self._localities[word]))
            )
        return self._near.get(word)

    def _place(self, words: PlaceWords, asked: Asked, site: int, crossing: int) -> tuple[int, bool]:
        """Return the row of the property or part of a site that was meant; which it is."""
        if site < 0:
            return -1, False
        address = self._address(words.number, site)
        if address >= 0:
            return address, True
        return int(self._sites.row[self._part(asked, site, crossing)]), False

    def _address(self, number: str, site: int) -> int:
        """Return the row of the property with a number in a street; -1 where it is not known."""
        name = self._sites.names[self._sites.name[site]]
        rows = self._addresses.get((name, number), []) if number else []
        if not rows:
            return -1
        places = self._xy[rows]
        gaps = _gaps(places, self._sites.xy[self._sites.parts(site)]).min(axis=1)
        nearest = int(gaps.argmin())
        return rows[nearest] if gaps[nearest] <= _SAME_PLACE_M else -1

    def _part(self, asked: Asked, site: int, crossing: int) -> int:
        """Return the part of a site that was meant: by crossing, postcode, ward, or the middle."""
        parts = self._sites.parts(site)
        xy = self._sites.xy[parts]
        for others, within_m in self._beside(asked, crossing):
            gaps = _gaps(xy, others).min(axis=1)
            if gaps.min() <= within_m:
                return int(parts.start) + int(gaps.argmin())
        chosen = np.arange(len(xy))
        if asked.ward in self._wards:
            inside = shapely.intersects_xy(self._wards[asked.ward], xy)
            chosen = chosen[inside] if inside.any() else chosen
        middle = xy[chosen].mean(axis=0, keepdims=True)
        return int(parts.start) + int(chosen[_gaps(xy[chosen], middle).argmin()])

    def _beside(self, asked: Asked, crossing: int) -> Iterator[tuple[Floats, float]]:
        """Yield the positions that were said with a street, and how near it must come."""
        if crossing >= 0:
            yield self._sites.xy[self._sites.parts(crossing)], _SAME_PLACE_M
        if asked.postcode in self._postcode_points:
            yield self._postcode_points[asked.postcode][None, :], NEAR_M

    @cached_property
    def _xy(self) -> Floats:
        return self.places[["easting", "northing"]].to_numpy(np.float64)


def _gaps(first: Floats, second: Floats) -> Floats:
    """Return the distances of all pairs, metres."""
    gaps: Floats = np.hypot(*(first[:, None, :] - second[None, :, :]).transpose(2, 0, 1))
    return gaps


def _areas_by_name(wards: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    """Return the areas by normalised code and name; wards of one name together."""
    areas = dict(zip(map(normalise_name, wards.ward_code), wards.geometry, strict=True))
    for name, rows in wards.groupby(wards.ward_name.map(normalise_name), sort=True):
        areas.setdefault(str(name), shapely.union_all(rows.geometry.to_numpy()))
    areas.pop("", None)
    return areas


def _questions(
    texts: Iterable[str], wards: Iterable[str] | None, postcodes: Iterable[str] | None
) -> pd.DataFrame:
    """Gather what is asked in one frame of texts, on the index of the first."""
    asked = pd.Series(texts if isinstance(texts, pd.Series) else list(texts), dtype=object)
    columns = {"text": asked}
    for name, values in (("ward", wards), ("postcode", postcodes)):
        said = [""] * len(asked) if values is None else list(values)
        if len(said) != len(asked):
            raise ParameterError(
                f"`{name}s` must hold one value a text; found {len(said)} for {len(asked)} texts."
                " Give an empty text where nothing is said."
            )
        columns[name] = pd.Series(said, index=asked.index, dtype=object)
    return pd.DataFrame(columns).fillna("").astype(str)
