"""The fields in which a person chooses a filter, the same on every page that takes one."""

from dataclasses import replace

from aim.model.filters import DAYS, CountLinked, IncidentFilter
from aim.model.people import Reach
from aim.model.types import UNCLASSIFIED, read_taxonomy
from aim.store import Store
from aim.workflows.views import Choice, ChoiceGroup, FilterForm
from aim.workflows.words import COUNTING


def filter_form(store: Store, reach: Reach, wanted: IncidentFilter) -> FilterForm:
    """Return what can be chosen from, and what a filter has chosen.

    Returns
    -------
    FilterForm
        Wards and sources the reach shows; themes first, then the types the store holds.
    """
    wards = store.wards(reach, ward_set=wanted.ward_set)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    sources = [one.source for one in store.coverage(reach)]
    return FilterForm(
        wards=tuple(
            Choice(code, name, code in wanted.wards)
            for code, name in sorted(names.items(), key=lambda item: item[1])
        ),
        types=_type_choices(store, reach, wanted),
        sources=tuple(Choice(one, one, one in wanted.sources) for one in sources),
        since=wanted.since.isoformat() if wanted.since else "",
        until=wanted.until.isoformat() if wanted.until else "",
        hours=wanted.words().get("hours", [""])[0],
        days=",".join(DAYS[day] for day in wanted.days),
        count_linked=_counting_choices(wanted),
        other_words=_other_words(wanted),
    )


def _type_choices(store: Store, reach: Reach, wanted: IncidentFilter) -> tuple[ChoiceGroup, ...]:
    """Return themes first, then the types the store holds."""
    taxonomy = read_taxonomy()
    open_filter = replace(wanted, types=(), wards=(), since=None, until=None)
    held = set(store.count_incidents(open_filter, reach, by=("incident_type",))["incident_type"])
    shown = [one for one in taxonomy.types.values() if one.slug in held or one.slug in wanted.types]
    themes = [
        slug
        for slug in taxonomy.themes
        if held & set(taxonomy.opened(slug)) or slug in wanted.types
    ]
    ordered = sorted(shown, key=lambda one: (one.slug == UNCLASSIFIED, one.name))
    return (
        ChoiceGroup(
            "Themes",
            tuple(Choice(slug, taxonomy.name(slug), slug in wanted.types) for slug in themes),
        ),
        ChoiceGroup(
            "Types",
            tuple(Choice(one.slug, one.name, one.slug in wanted.types) for one in ordered),
        ),
    )


def _counting_choices(wanted: IncidentFilter) -> tuple[Choice, ...]:
    """Return how repeats may be counted; the default has no word, so that addresses stay short."""
    return tuple(
        Choice("" if one is CountLinked.CONFIRMED else one.value, label, one is wanted.count_linked)
        for one, label in COUNTING.items()
    )


def _other_words(wanted: IncidentFilter) -> tuple[tuple[str, str], ...]:
    shown = {"ward", "type", "source", "since", "until", "hours", "days", "count-linked"}
    return tuple(
        (word, value)
        for word, values in wanted.words().items()
        if word not in shown
        for value in values
    )
