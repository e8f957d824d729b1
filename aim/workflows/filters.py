"""Filter words become one filter, checked against what the store holds."""

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd

from aim.access import reach_of
from aim.errors import ParameterError
from aim.model.filters import AreaCode, IncidentFilter, read_filter
from aim.model.people import EVERYTHING, Actor
from aim.store import Store


def read_words(store: Store, actor: Actor, words: Mapping[str, object]) -> IncidentFilter:
    """Read filter words and settle wards, sources and areas against the store.

    Parameters
    ----------
    store, actor
        Where to look, and who asks.
    words
        As ``aim.model.filters.read_filter`` takes them; wards by code or name.

    Returns
    -------
    IncidentFilter
        With ward codes in place of names.

    Raises
    ------
    ParameterError
        A word is unknown, a ward's name is unknown or fits two wards, or no such source is loaded.
    NotFoundError
        No such boundary set is loaded.
    """
    wanted = read_filter(words)
    reach = reach_of(actor)
    wards = store.wards(reach, ward_set=wanted.ward_set)
    known = {one.source for one in store.coverage(reach)}
    unknown = sorted(set(wanted.sources) - known)
    if unknown and known:
        raise ParameterError(
            f"No source is called {', '.join(unknown)}; the store holds {', '.join(sorted(known))}."
        )
    if isinstance(wanted.area, AreaCode):
        settle_ward(wanted.area.code, store.wards(reach, ward_set=wanted.area.ward_set))
    codes = dict.fromkeys(settle_ward(word, wards) for word in wanted.wards)
    return replace(wanted, wards=tuple(codes))


def find_ward(store: Store, word: str) -> str:
    """Return the code of a ward of the current set that a person named by code or name.

    Raises
    ------
    ParameterError
        No ward is called so, or two are.
    """
    return settle_ward(word, store.wards(EVERYTHING))


def settle_ward(word: str, wards: gpd.GeoDataFrame) -> str:
    """Return the code of the ward a person named by code or name.

    Raises
    ------
    ParameterError
        No ward is called so, or two are.
    """
    asked = word.strip().casefold()
    by_code = wards.loc[wards["ward_code"].str.casefold() == asked, "ward_code"]
    if len(by_code):
        return str(by_code.iloc[0])
    named = wards[wards["ward_name"].str.casefold() == asked]
    if len(named) == 1:
        return str(named["ward_code"].iloc[0])
    if len(named):
        both = ", ".join(f"{row.ward_name} ({row.ward_code})" for row in named.itertuples())
        raise ParameterError(f"{word!r} fits {len(named)} wards: {both}. Give the code.")
    if wards.empty:
        raise ParameterError(
            f"Ward {word!r} was asked for, but no wards are loaded: aim wards load."
        )
    names = ", ".join(sorted(wards["ward_name"].astype(str)))
    raise ParameterError(f"No ward is called {word!r}; the wards are {names}.")
