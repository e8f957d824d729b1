"""The workshop: pure functions over incidents; frame in, index-aligned frame out."""

from aim.analysis.at_risk import places_at_risk
from aim.analysis.case_review import CaseReviewRule, case_review_signs
from aim.analysis.classes import HistoryClass, classify_history
from aim.analysis.counts import auto_min_samples, compare_counts, e_test
from aim.analysis.dbscan import dbscan
from aim.analysis.hotspots import cluster_hotspots, find_hotspots
from aim.analysis.local_statistics import (
    Density,
    DualDensity,
    EmergingHotspots,
    GiStar,
    Grid,
    LocalMoran,
    Trend,
    assess_gi_star,
    cell_centres,
    cell_polygons,
    count_cells,
    dual_kernel_density,
    emerging_hotspots,
    fdr_cutoff,
    gi_star,
    grid_neighbours,
    kernel_density,
    local_moran,
    locate_cells,
    make_grid,
    mann_kendall,
    space_time_cube,
    suggest_bandwidth,
)
from aim.analysis.near_repeat import NearRepeat, measure_near_repeat, near_repeat
from aim.analysis.register import match_hotspots
from aim.analysis.repeats import (
    RepeatRate,
    address_keys,
    repeat_locations,
    repeat_rate,
    repeat_share,
)
from aim.analysis.temporal import AoristicProfile, aoristic, aoristic_profile

__all__ = [
    "AoristicProfile",
    "CaseReviewRule",
    "Density",
    "DualDensity",
    "EmergingHotspots",
    "GiStar",
    "Grid",
    "HistoryClass",
    "LocalMoran",
    "NearRepeat",
    "RepeatRate",
    "Trend",
    "address_keys",
    "aoristic",
    "aoristic_profile",
    "assess_gi_star",
    "auto_min_samples",
    "case_review_signs",
    "cell_centres",
    "cell_polygons",
    "classify_history",
    "cluster_hotspots",
    "compare_counts",
    "count_cells",
    "dbscan",
    "dual_kernel_density",
    "e_test",
    "emerging_hotspots",
    "fdr_cutoff",
    "find_hotspots",
    "gi_star",
    "grid_neighbours",
    "kernel_density",
    "local_moran",
    "locate_cells",
    "make_grid",
    "mann_kendall",
    "match_hotspots",
    "measure_near_repeat",
    "near_repeat",
    "places_at_risk",
    "repeat_locations",
    "repeat_rate",
    "repeat_share",
    "space_time_cube",
    "suggest_bandwidth",
]
