"""Settings with their evidence: what eps and how many incidents suit the incidents at hand."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from aim.analysis._clusters import Cluster, Search, radius_of, share_snapped
from aim.analysis._dated import london_dates
from aim.analysis._located import area_of, check_wards
from aim.analysis._numbers import ratio
from aim.analysis._random import Randomness, read_rng
from aim.analysis._reruns import (
    NOWHERE,
    best_overlap,
    find_again,
    label,
    label_ground,
    located,
    places_of,
)
from aim.analysis.counts import auto_min_samples
from aim.analysis.hotspots import DOMINANT, SNAPPED
from aim.analysis.register import SAME_HOTSPOT
from aim.analysis.stability import SOLID_FROM, sweep_settings, swept
from aim.model.hotspots import HotspotParameters
from aim.model.incidents import TimePrecision
from aim.model.times import local_months

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

EPS_M = (75.0, 100.0, 150.0, 200.0, 250.0)
# Fewer than chance asks for are in the grid so that one sees what they would let in.
TIMES_CHANCE = (0.5, 1.0, 1.5, 2.0, 3.0)
HELD_OUT = 1 / 3
_FEWEST_PERIODS = 3
# Ground is measured in cells, and foresight judged in blocks of them, so that a forecast is not
# better for being finer than the points positions are snapped to.
_CELL_M, _CELLS_A_BLOCK = 50.0, 4
_CURVE_STEPS = 100
_GRID = {
    "eps_m": "float64",
    "min_samples": "int64",
    "by_chance": "int64",
    "hotspots": "int64",
    "incident_share": "float64",
    "largest_share": "float64",
    "widest_m": "float64",
    "stability": "float64",
    "hit_rate": "float64",
    "area_share": "float64",
    "pai": "float64",
    "gain": "float64",
    "gain_error": "float64",
    "fit": "bool",
    "recommended": "bool",
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """Settings side by side, and the one that the evidence is for.

    Attributes
    ----------
    grid
        One row a setting: ``eps_m``, ``min_samples``, ``by_chance`` (the number chance would
        rarely reach at that eps), ``hotspots``, ``incident_share`` in them, ``largest_share`` of
        the incidents in one cluster before splitting, ``widest_m`` (radius of the widest hotspot),
        ``stability`` (mean share of near settings that a hotspot survives), ``hit_rate`` and
        ``area_share`` (of the incidents held out, on the ground of hotspots found without them),
        ``pai``, ``gain`` and its standard error ``gain_error``, ``fit`` (whether it may be
        recommended) and ``recommended``.
    k_distance
        ``share`` of the incidents, 0 to 1, and the ``distance_m`` within which they have their
        k-th neighbour.
    k, knee_m
        Which neighbour, and where the curve bends most; missing where it is straight.
    sentence
        The recommendation.
    parameters
        What was asked for.
    seed
        What incidents were held out with, where they were drawn.
    data_version
        Of the data, where there is one.
    warnings
        What to know first.
    """

    grid: pd.DataFrame
    k_distance: pd.DataFrame
    k: int
    knee_m: float
    sentence: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    data_version: int | str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What every setting is judged by."""

    places: Floats
    held_out: Bools
    area_m2: float
    widest_m: float
    least_places: int

    def search(self, number: int, *, early: bool = False) -> Search:
        """Return the search of all incidents, or of those that were not held out."""
        places = self.places[~self.held_out] if early else self.places
        asked = max(round(number * len(places) / max(len(self.places), 1)), min(number, 2))
        return Search(places, asked, self.widest_m, self.least_places)


def tune_hotspots(
    incidents: pd.DataFrame,
    *,
    eps_m: Sequence[float] = EPS_M,
    min_samples: Sequence[int] | Literal["auto"] = "auto",
    parameters: HotspotParameters | None = None,
    wards: gpd.GeoDataFrame | None = None,
    area_m2: float | None = None,
    rng: Randomness = None,
    data_version: int | str | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Tuning:
    """Try a grid of settings and say which one the evidence is for.

    Parameters
    ----------
    incidents
        Those that take part, see ``cluster_hotspots``. ``occurred_from`` and ``time_precision``,
        where there are any, tell what comes last.
    eps_m
        The distances to try, metres.
    min_samples
        The numbers to try with each of them; ``auto`` tries half the number that chance would
        rarely reach at that eps, that number itself, and one and a half, two and three times it.
    parameters
        The usual settings: they are tried too, and kept where others are no better. Its splitting
        holds for all.
    wards
        ``ward_code``, ``ward_name`` and polygons in EPSG:27700, for the area.
    area_m2
        The area behind ``auto``, as in ``cluster_hotspots``.
    rng
        A generator or a seed from 0, for incidents held out at random; seed 0 where None.
    data_version
        Of the data, to be kept with the answer.
    progress
        Called with the settings done and to do.

    Returns
    -------
    Tuning
        The grid in the order of eps, then of numbers.

    Raises
    ------
    ParameterError
        A value cannot be used.

    Notes
    -----
    The last third of the months (of the days, where all days are known) is held out; where there
    are fewer than three of either, a third of the incidents drawn at random. Hotspots are found
    without them, with a number in proportion, and each foretells that its ground keeps its share
    of incidents, spread evenly, as all other ground does. ``gain`` is how much more likely than
    an even spread that makes the incidents held out, in nats an incident, by blocks of 200 m: a
    proper score, so that neither very small nor very large ground earns anything of itself
    (Rhoades et al. 2011, "Efficient testing of earthquake forecasting models", Acta Geophysica 59:
    728-747).

    A setting is fit if it asks at least what chance would rarely reach, finds hotspots without
    one cluster holding over 30 % of the incidents, and foretells better than an even spread.
    Among the fit whose gain is within one standard error of the best, those are preferred whose
    hotspots survive four near settings of five, then the usual one, then the most stable.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> spread, crowd = rng.uniform(0, 4000, (150, 2)), rng.normal(2000, 60, (60, 2))
    >>> east, north = np.concatenate([spread, crowd]).T
    >>> incidents = pd.DataFrame({"easting": 480_000 + east, "northing": 530_000 + north})
    >>> found = tune_hotspots(incidents, eps_m=(100, 200))
    >>> found.grid["recommended"].sum(), found.sentence[:12]
    (np.int64(1), 'Recommended:')
    """
    usual = parameters or HotspotParameters()
    wards = None if wards is None else check_wards(wards)
    rows = located(incidents)
    places = places_of(rows)
    area_m2 = area_of(places, usual.eps_m, wards) if area_m2 is None else area_m2
    generator, seed = read_rng(rng)
    held_out, how = _hold_out(rows, generator)
    snapped = share_snapped(places)
    evidence = _Evidence(
        places,
        held_out,
        area_m2,
        usual.largest_radius_m if usual.split else math.inf,
        2 if usual.split and snapped > SNAPPED else 1,
    )
    settings = list(_settings(eps_m, min_samples, usual, len(places), area_m2))
    judged = []
    for done, (eps, number, by_chance) in enumerate(settings, 1):
        judged.append(_judge(evidence, eps, number, by_chance))
        progress(done, len(settings))
    grid = _recommend(pd.DataFrame(judged, columns=list(_GRID)).astype(_GRID), usual)
    k = max(auto_min_samples(len(places), usual.eps_m, area_m2) - 1, 1)
    curve = _k_distances(places, k)
    return Tuning(
        grid=grid,
        k_distance=curve,
        k=k,
        knee_m=_knee(curve),
        sentence=_say(grid, usual),
        parameters=usual.as_dict()
        | {"held_out": how, "area_m2": area_m2, "incidents": len(places)},
        seed=None if how.startswith("the last") else seed,
        data_version=data_version,
        warnings=_warn(snapped, how, len(places)),
    )


def _hold_out(rows: pd.DataFrame, generator: np.random.Generator) -> tuple[Bools, str]:
    """Choose the incidents to be foretold: the last of them, or some at random."""
    months = (rows["time_precision"] == TimePrecision.MONTH).fillna(value=True).any()
    timed = rows["occurred_from"].notna().all() and len(rows)
    moments = pd.Series(dtype="str")
    if timed:
        began = rows["occurred_from"]
        moments = local_months(began) if months else london_dates(began)
    ordered = np.sort(moments.unique())
    if len(ordered) >= _FEWEST_PERIODS:
        last = ordered[-max(1, round(len(ordered) * HELD_OUT)) :]
        unit = "months" if months else "days with incidents"
        return moments.isin(last).to_numpy(np.bool_), f"the last {len(last)} {unit}"
    drawn = generator.permutation(len(rows)) < round(len(rows) * HELD_OUT)
    return drawn, "a third of the incidents, drawn at random"


def _settings(
    eps_m: Sequence[float],
    min_samples: Sequence[int] | Literal["auto"],
    usual: HotspotParameters,
    count: int,
    area_m2: float,
) -> Iterator[tuple[float, int, int]]:
    """Yield eps, number and the number chance would rarely reach, the usual setting among them."""
    for eps in sorted({*map(float, eps_m), float(usual.eps_m)}):
        HotspotParameters(eps_m=eps)  # refuses what is no distance
        by_chance = auto_min_samples(count, eps, area_m2)
        numbers = set(_numbers(by_chance) if min_samples == "auto" else min_samples)
        if eps == usual.eps_m:
            numbers.add(by_chance if usual.min_samples == "auto" else usual.min_samples)
        for number in sorted(numbers):
            HotspotParameters(eps_m=eps, min_samples=number)
            yield eps, number, by_chance


def _numbers(by_chance: int) -> list[int]:
    """Return distinct numbers about the one chance would rarely reach."""
    found = [max(2, round(by_chance * TIMES_CHANCE[0]))]
    for times in TIMES_CHANCE[1:]:
        found.append(max(round(by_chance * times), found[-1] + (times != 1)))
    return found


def _judge(evidence: _Evidence, eps_m: float, number: int, by_chance: int) -> tuple[Any, ...]:
    """Return a row of the grid, not yet recommended."""
    search = evidence.search(number)
    whole = replace(search, largest_radius_m=math.inf)
    largest = max((len(one.rows) for one in find_again(whole, eps_m)), default=0)
    found = find_again(search, eps_m)
    count = max(len(evidence.places), 1)
    foretold = _foretell(evidence, eps_m, number)
    fit = (
        number >= by_chance
        and len(found) > 0
        and largest / count <= DOMINANT
        and foretold["gain"] > 0
    )
    widest = max((radius_of(search.places[one.rows]) for one in found), default=math.nan)
    return (
        eps_m,
        number,
        by_chance,
        len(found),
        sum(len(one.rows) for one in found) / count,
        largest / count,
        widest,
        _stability(search, eps_m, found),
        *foretold.values(),
        fit,
        False,
    )


def _stability(search: Search, eps_m: float, found: list[Cluster]) -> float:
    """Return the mean share of near settings in which a hotspot is found again."""
    if not found:
        return math.nan
    first = label(found, len(search.places))
    searches = swept(search, sweep_settings(eps_m, search.min_samples))
    near = [best_overlap(first, again, len(found)) for again in searches]
    return float(np.mean(np.array(near) >= SAME_HOTSPOT))


def _foretell(evidence: _Evidence, eps_m: float, number: int) -> dict[str, float]:
    """Find hotspots without the incidents held out, and see how well they foretell those."""
    search = evidence.search(number, early=True)
    found = find_again(search, eps_m)
    later = evidence.places[evidence.held_out]
    cells = _cells_of(found, search.places, eps_m)
    sizes = np.bincount(cells[cells["hotspot"] >= 0]["hotspot"], minlength=len(found))
    on_ground = label_ground(found, search.places, later) >= 0
    hit_rate = ratio(float(on_ground.sum()), len(later))
    area_share = float(sizes.sum()) * _CELL_M**2 / evidence.area_m2
    gains = _gains(found, cells, sizes, later, evidence)
    many = len(gains) > 1
    return {
        "hit_rate": hit_rate,
        "area_share": area_share,
        "pai": ratio(hit_rate, area_share),
        "gain": float(gains.mean()) if len(gains) else math.nan,
        "gain_error": float(gains.std(ddof=1) / math.sqrt(len(gains))) if many else math.nan,
    }


def _cells_of(found: list[Cluster], places: Floats, eps_m: float) -> pd.DataFrame:
    """Return the cells near hotspots: column, row, and on which hotspot's ground they lie."""
    if not found:
        return pd.DataFrame({"column": [], "row": [], "hotspot": []}, dtype="int64")
    cores = np.concatenate([places[one.rows[one.core]] for one in found])
    at = np.unique(np.floor(cores / _CELL_M).astype(np.int64), axis=0)
    reach = math.ceil(eps_m / _CELL_M)
    steps = np.stack(np.meshgrid(*[np.arange(-reach, reach + 1)] * 2), axis=-1).reshape(-1, 2)
    cells = np.unique((at[:, None] + steps[None]).reshape(-1, 2), axis=0)
    hotspot = label_ground(found, places, (cells + 0.5) * _CELL_M)
    return pd.DataFrame({"column": cells[:, 0], "row": cells[:, 1], "hotspot": hotspot})


def _gains(
    found: list[Cluster], cells: pd.DataFrame, sizes: Ints, later: Floats, evidence: _Evidence
) -> Floats:
    """Return how much likelier than by an even spread each incident held out was, in nats."""
    early = len(evidence.places) - len(later)
    members = np.array([len(one.rows) for one in found], dtype=np.float64)
    # Half an incident more everywhere: nothing is impossible for not having happened yet.
    total = early + 0.5 * (len(found) + 1)
    all_cells = max(evidence.area_m2 / _CELL_M**2, float(sizes.sum()) + 1)
    elsewhere = (early - members.sum() + 0.5) / total / (all_cells - sizes.sum())
    in_each = (members + 0.5) / total / np.maximum(sizes, 1)
    ground = cells[cells["hotspot"] != NOWHERE]
    more = in_each[ground["hotspot"]] - elsewhere
    block_of_cell = pd.MultiIndex.from_arrays(
        [ground["column"] // _CELLS_A_BLOCK, ground["row"] // _CELLS_A_BLOCK]
    )
    extra = pd.Series(more, index=block_of_cell, dtype="float64").groupby(level=[0, 1]).sum()
    column, row = np.floor(later / (_CELL_M * _CELLS_A_BLOCK)).astype(np.int64).T
    block = pd.MultiIndex.from_arrays([column, row])
    here = extra.reindex(block).fillna(0).to_numpy() + _CELLS_A_BLOCK**2 * elsewhere
    gains: Floats = np.log(here * all_cells / _CELLS_A_BLOCK**2)
    return gains


def _recommend(grid: pd.DataFrame, usual: HotspotParameters) -> pd.DataFrame:
    fit = grid[grid["fit"]]
    if fit.empty:
        return grid
    best = fit.sort_values("gain", kind="stable").iloc[-1]
    near = fit[fit["gain"] >= best["gain"] - np.nan_to_num(best["gain_error"])]
    stable = near[near["stability"] >= SOLID_FROM]
    left = stable if len(stable) else near
    as_usual = left[_is_usual(left, usual)]
    chosen = as_usual.index[0] if len(as_usual) else left["stability"].idxmax()
    return grid.assign(recommended=grid.index == chosen)


def _is_usual(grid: pd.DataFrame, usual: HotspotParameters) -> pd.Series:
    number = grid["by_chance"] if usual.min_samples == "auto" else usual.min_samples
    same: pd.Series = (grid["eps_m"] == usual.eps_m) & (grid["min_samples"] == number)
    return same


def _k_distances(places: Floats, k: int) -> pd.DataFrame:
    """Return how far the k-th neighbour is, for each hundredth of the incidents, nearest first."""
    share = np.linspace(0, 1, _CURVE_STEPS + 1)
    if len(places) <= k:
        return pd.DataFrame({"share": share[:0], "distance_m": share[:0]})
    far = np.sort(cKDTree(places).query(places, k=[k + 1])[0][:, 0])
    return pd.DataFrame({"share": share, "distance_m": np.quantile(far, share)})


def _knee(curve: pd.DataFrame) -> float:
    """Return the distance where the curve lies furthest below the line between its ends."""
    far = curve["distance_m"].to_numpy()
    if not len(far) or far[-1] <= far[0]:
        return math.nan
    below = curve["share"].to_numpy() - (far - far[0]) / (far[-1] - far[0])
    return float(far[int(np.argmax(below))]) if below.max() > 0 else math.nan


def _say(grid: pd.DataFrame, usual: HotspotParameters) -> str:
    if not grid["recommended"].any():
        return f"No setting can be recommended: {_say_why_none(grid)}"
    one = grid[grid["recommended"]].iloc[0]
    asked = grid[_is_usual(grid, usual)].iloc[0]
    if asked["recommended"]:
        compared = "these are the usual settings, and no others foretell more than chance might"
    else:
        fit = "" if asked["fit"] else ", which are not fit"
        compared = (
            f"the usual settings (eps {asked['eps_m']:g} m, min-samples"
            f" {int(asked['min_samples'])}{fit}) gain {asked['gain']:.2f}"
        )
    return (
        f"Recommended: eps {one['eps_m']:g} m and min-samples {int(one['min_samples'])}"
        f" (chance asks for {int(one['by_chance'])}). {int(one['hotspots'])} hotspots hold"
        f" {one['incident_share']:.0%} of the incidents, survive {one['stability']:.0%} of small"
        f" changes and foretell later incidents with a gain of {one['gain']:.2f}; {compared}."
    )


def _say_why_none(grid: pd.DataFrame) -> str:
    strict = grid[grid["min_samples"] >= grid["by_chance"]]
    if not strict["hotspots"].any():
        return "nowhere do more incidents come together than chance might bring."
    if (strict["largest_share"] > DOMINANT)[strict["hotspots"] > 0].all():
        return "at every distance tried one cluster holds most incidents; try smaller ones."
    return "no hotspots foretell the incidents held out better than an even spread would."


def _warn(snapped: float, how: str, count: int) -> tuple[str, ...]:
    sentences = {
        "are snapped": snapped > SNAPPED,
        "at random": count > 0 and how.endswith("random"),
    }
    words = {
        "are snapped": f"{snapped:.0%} of the positions are snapped: below the distance of their"
        " points eps tells nothing, and the curve of distances begins at 0.",
        "at random": "There are fewer than three months, or days, to foretell later from earlier"
        " ones: incidents held out at random say nothing about time.",
    }
    return tuple(words[name] for name, holds in sentences.items() if holds)
