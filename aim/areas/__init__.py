"""The map chest: boundary sets of any vintage, and the ward each position lies in."""

from aim.areas.assign import assign_wards
from aim.areas.boundaries import read_wards
from aim.areas.index import WardIndex

__all__ = ["WardIndex", "assign_wards", "read_wards"]
