"""A borough's places by name and code, and the words people write for them."""

from aim.areas.gazetteer.files import read_places
from aim.areas.gazetteer.index import Gazetteer
from aim.areas.gazetteer.known import name_known_place
from aim.areas.gazetteer.placing import place_incidents

__all__ = ["Gazetteer", "name_known_place", "place_incidents", "read_places"]
