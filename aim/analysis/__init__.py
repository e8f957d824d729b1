"""The workshop: pure functions over incidents; frame in, index-aligned frame out."""

from aim.analysis.classes import HistoryClass, classify_history
from aim.analysis.counts import auto_min_samples, compare_counts, e_test
from aim.analysis.dbscan import dbscan
from aim.analysis.hotspots import cluster_hotspots, find_hotspots
from aim.analysis.register import match_hotspots

__all__ = [
    "HistoryClass",
    "auto_min_samples",
    "classify_history",
    "cluster_hotspots",
    "compare_counts",
    "dbscan",
    "e_test",
    "find_hotspots",
    "match_hotspots",
]
