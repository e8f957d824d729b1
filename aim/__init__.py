"""AIM, Active Intelligence Mapping: from incident feeds to hotspots to tested action.

The names below are the front door; they load on first use, so ``import aim`` costs little.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "aoristic": "aim.analysis",
    "assess_intervention": "aim.analysis",
    "assess_significance": "aim.analysis",
    "assign_wards": "aim.areas",
    "build_map": "aim.maps",
    "dbscan": "aim.analysis",
    "e_test": "aim.analysis",
    "find_hotspots": "aim.analysis",
    "generalised_gini": "aim.analysis",
    "gi_star": "aim.analysis",
    "harm_weighted_displacement_difference": "aim.analysis",
    "mann_kendall": "aim.analysis",
    "merge_incidents": "aim.feeds",
    "near_repeat": "aim.analysis",
    "open_store": "aim.store",
    "pai": "aim.analysis",
    "read_feed": "aim.feeds",
    "read_wards": "aim.areas",
    "suggest_controls": "aim.analysis",
    "weighted_displacement_difference": "aim.analysis",
}

__all__ = [
    "__version__",
    "aoristic",
    "assess_intervention",
    "assess_significance",
    "assign_wards",
    "build_map",
    "dbscan",
    "e_test",
    "find_hotspots",
    "generalised_gini",
    "gi_star",
    "harm_weighted_displacement_difference",
    "mann_kendall",
    "merge_incidents",
    "near_repeat",
    "open_store",
    "pai",
    "read_feed",
    "read_wards",
    "suggest_controls",
    "weighted_displacement_difference",
]

if TYPE_CHECKING:
    from aim.analysis import (
        aoristic,
        assess_intervention,
        assess_significance,
        dbscan,
        e_test,
        find_hotspots,
        generalised_gini,
        gi_star,
        harm_weighted_displacement_difference,
        mann_kendall,
        near_repeat,
        pai,
        suggest_controls,
        weighted_displacement_difference,
    )
    from aim.areas import assign_wards, read_wards
    from aim.feeds import merge_incidents, read_feed
    from aim.maps import build_map
    from aim.store import open_store


def __getattr__(name: str) -> object:
    """Load a promised name from its room on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'aim' has no name {name!r}; it offers {', '.join(__all__)}.")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the promised names."""
    return list(__all__)
