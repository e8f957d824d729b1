"""The names promised to users, and what it costs to reach them."""

import subprocess
import sys

import pytest

import aim

# The contract of the front door. Add to it; do not rename.
PROMISED = [
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
HEAVY = ("pandas", "numpy", "geopandas", "scipy", "sklearn", "folium", "sqlalchemy", "fastapi")


def modules_after(code: str) -> set[str]:
    probe = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return set(done.stdout.split())


def test_the_front_door_lists_exactly_what_is_promised():
    assert aim.__all__ == PROMISED
    assert sorted(dir(aim)) == sorted(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_name_opens(name):
    assert getattr(aim, name) is not None


def test_a_name_not_promised_is_refused_with_the_list():
    with pytest.raises(AttributeError, match="read_feed"):
        _ = aim.cluster_everything


def test_importing_aim_loads_no_heavy_library():
    assert not modules_after("import aim") & set(HEAVY)


def test_the_command_line_loads_no_heavy_library_before_a_command_runs():
    assert not modules_after("import aim.cli") & set(HEAVY)


def test_the_workshop_opens_without_its_optional_engines():
    assert not modules_after("import aim.analysis") & {"sklearn", "numba"}
