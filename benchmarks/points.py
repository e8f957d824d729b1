"""Invented incident points in metres, seeded: three kinds of data a hub meets.

``continuous``: positions from a satellite receiver; 60 % around 200 centres a town, 40 % along
streets; 100,000 points a town of 10 by 10 km, more towns for more points. ``town``: the same, all
in one town. ``snapped``: as police.uk publishes, all incidents of a street on one point; a fortieth
as many street points as incidents, few of them with very many.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Maker = Callable[[int, np.random.Generator], Floats]

TOWN_M = 10_000.0
TOWN_SPACING_M = 12_000.0
STREET_SPACING_M = 90.0
RECEIVER_NOISE_M = 8.0
POINTS_A_TOWN = 100_000
CORNER = np.array([400_000.0, 300_000.0])


def cached_points(folder: Path, kind: str, count: int, seed: int = 1) -> Floats:
    """Return ``count`` points of a kind, shape (count, 2), made once and then kept in a folder."""
    path = folder / f"{kind}-{count}-{seed}.npy"
    if not path.exists():
        np.save(path, make_points(kind, count, np.random.default_rng(seed)))
    points: Floats = np.load(path)
    return points


def make_points(kind: str, count: int, rng: np.random.Generator) -> Floats:
    """Make ``count`` points of one kind, in no order."""
    if kind == "snapped":
        streets = max(50, count // 40)
        places = np.round(_by_town(streets, count, _street_points, rng))
        return places[rng.choice(streets, count, p=_repeats(streets, rng))]
    spread_over = count if kind == "continuous" else POINTS_A_TOWN
    points = _by_town(count, spread_over, _positions, rng)
    return points[rng.permutation(count)]


def _by_town(count: int, spread_over: int, make: Maker, rng: np.random.Generator) -> Floats:
    towns = max(1, round(spread_over / POINTS_A_TOWN))
    side = int(np.ceil(np.sqrt(towns)))
    shares = np.full(towns, count // towns)
    shares[: count - shares.sum()] += 1
    corners = [np.array([town % side, town // side]) * TOWN_SPACING_M for town in range(towns)]
    made = [
        make(share, rng) + corner + CORNER
        for share, corner in zip(shares.tolist(), corners, strict=True)
    ]
    return np.concatenate(made)


def _positions(count: int, rng: np.random.Generator) -> Floats:
    hot = int(count * 0.6)
    centres = _along_streets(200, rng)
    busy = rng.lognormal(0, 1.1, 200)
    spread_m = rng.lognormal(np.log(80), 0.6, 200)
    at = rng.choice(200, hot, p=busy / busy.sum())
    around = centres[at] + rng.normal(0, 1, (hot, 2)) * spread_m[at, None]
    on_street = np.round(around[:, 0] / STREET_SPACING_M) * STREET_SPACING_M
    around[:, 0] = np.where(at % 2, around[:, 0], on_street)
    points = np.concatenate([around, _along_streets(count - hot, rng)])
    return points + rng.normal(0, RECEIVER_NOISE_M, points.shape)


def _along_streets(count: int, rng: np.random.Generator) -> Floats:
    """Put points on gently winding streets, half of them east to west."""
    streets = int(TOWN_M // STREET_SPACING_M)
    shift = rng.normal(0, STREET_SPACING_M / 5, 2 * streets)
    street = rng.integers(0, 2 * streets, count)
    along = rng.uniform(0, TOWN_M, count)
    across = (street % streets) * STREET_SPACING_M + shift[street] + 12 * np.sin(along / 400)
    eastward = (street < streets)[:, None]
    return np.where(eastward, np.c_[along, across], np.c_[across, along])


def _street_points(count: int, rng: np.random.Generator) -> Floats:
    built_up = int(count * 0.7)
    nuclei = rng.uniform(2_000, 8_000, (12, 2))
    dense = nuclei[rng.integers(0, 12, built_up)] + rng.normal(0, 600, (built_up, 2))
    points = np.concatenate([dense, rng.uniform(0, TOWN_M, (count - built_up, 2))])
    axis = rng.integers(0, 2, count)
    lined = np.round(points / STREET_SPACING_M) * STREET_SPACING_M
    points[np.arange(count), axis] = lined[np.arange(count), axis]
    return points


def _repeats(streets: int, rng: np.random.Generator) -> Floats:
    share = rng.pareto(0.8, streets) + 1
    share = np.minimum(share, share.sum() * max(0.002, 20 / streets))
    return share / share.sum()
