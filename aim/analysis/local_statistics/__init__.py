"""Local statistics: where a map stands out from itself, in one picture or over many."""

from aim.analysis.local_statistics.correction import fdr_cutoff
from aim.analysis.local_statistics.density import (
    Density,
    DualDensity,
    dual_kernel_density,
    kernel_density,
    suggest_bandwidth,
)
from aim.analysis.local_statistics.emerging import (
    EmergingHotspots,
    emerging_hotspots,
    space_time_cube,
)
from aim.analysis.local_statistics.getis_ord import (
    GiStar,
    assess_gi_star,
    gi_star,
    normal_p,
    scattered_p,
)
from aim.analysis.local_statistics.grids import (
    Grid,
    cell_centres,
    cell_polygons,
    count_cells,
    grid_neighbours,
    locate_cells,
    make_grid,
)
from aim.analysis.local_statistics.moran import LocalMoran, local_moran
from aim.analysis.local_statistics.trend import Trend, mann_kendall

__all__ = [
    "Density",
    "DualDensity",
    "EmergingHotspots",
    "GiStar",
    "Grid",
    "LocalMoran",
    "Trend",
    "assess_gi_star",
    "cell_centres",
    "cell_polygons",
    "count_cells",
    "dual_kernel_density",
    "emerging_hotspots",
    "fdr_cutoff",
    "gi_star",
    "grid_neighbours",
    "kernel_density",
    "local_moran",
    "locate_cells",
    "make_grid",
    "mann_kendall",
    "normal_p",
    "scattered_p",
    "space_time_cube",
    "suggest_bandwidth",
]
