"""The map chest: boundary sets, the ward each position lies in, places by name and code."""

from aim.areas.assign import assign_wards
from aim.areas.boundaries import read_wards
from aim.areas.gazetteer import Gazetteer, name_known_place, place_incidents, read_places
from aim.areas.index import WardIndex
from aim.areas.population import read_population

__all__ = [
    "Gazetteer",
    "WardIndex",
    "assign_wards",
    "name_known_place",
    "place_incidents",
    "read_places",
    "read_population",
    "read_wards",
]
