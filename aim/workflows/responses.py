"""The library of responses: what was tried where, with what result, and who knows how to do it.

Drawn from the actions one reader may know of; what is restricted is in nobody else's library.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aim.access import require
from aim.model.actions import ActionRecord, Stage
from aim.model.people import Action, Actor
from aim.model.tasks import Kept
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.tasking import name_of_response, read_responses
from aim.workflows.actions import action_list
from aim.workflows.audit import count_view
from aim.workflows.views import Choice
from aim.workflows.words import say_number

_TRIED = frozenset({Stage.UNDER_WAY, Stage.DONE, Stage.REVIEWED})
NO_KIND = "Kind not said"
NOTHING_TRIED = "Nothing was tried yet that you may know of."
DOUBT_SAID = (
    "A fall after one action does not show that it would work elsewhere: read what was counted and"
    " what casts doubt on it."
)


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One action that was tried, and what its review found."""

    key: str
    title: str
    place: str
    types: str
    stage: str
    result: str
    measured: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """One kind of response: how often it was tried, who knows how, and each time it was tried."""

    key: str
    name: str
    means: str
    tried: int
    reviewed: int
    places: int
    agencies: tuple[str, ...]
    lines: tuple[TriedLine, ...]


@dataclass(frozen=True, slots=True)
class ResponsesView:
    """Everything on the page of responses."""

    types: tuple[Choice, ...]
    asked: str
    tried: tuple[ResponseLine, ...]  # those with most results first
    untried: tuple[ResponseLine, ...]
    doubt: str


def responses_view(store: Store, actor: Actor, *, of_type: str = "") -> ResponsesView:
    """Build the library, of one type or theme where it is asked for.

    Parameters
    ----------
    of_type
        Name or slug; actions that count any of its types are shown.

    Raises
    ------
    NotAllowedError
        The actor sees no actions.
    ParameterError
        There is no such type or theme.
    """
    require(actor, Action.VIEW_TASKS)
    taxonomy = read_taxonomy()
    asked = taxonomy.resolve(of_type) if of_type.strip() else ""
    count_view(store, actor, "responses")
    tried = [
        one
        for one in action_list(store, actor)
        if one.what.stage in _TRIED and _is_about(one.what, asked)
    ]
    kinds = [*read_responses(), *sorted({one.what.plan.response for one in tried})]
    lines = [_response(kind, tried) for kind in dict.fromkeys(kinds)]
    known = [*taxonomy.themes, *taxonomy.types]
    return ResponsesView(
        types=(
            Choice("", "All types", not asked),
            *(Choice(slug, taxonomy.name(slug), slug == asked) for slug in known),
        ),
        asked=taxonomy.name(asked) if asked else "",
        tried=tuple(
            sorted((one for one in lines if one.tried), key=lambda one: (-one.reviewed, -one.tried))
        ),
        untried=tuple(one for one in lines if not one.tried),
        doubt=DOUBT_SAID,
    )


def responses_text(store: Store, actor: Actor, *, of_type: str = "") -> str:
    """Return the library as lines, kinds not tried left out."""
    view = responses_view(store, actor, of_type=of_type)
    lines = [text for one in view.tried for text in _say(one)]
    return "\n".join([*lines, view.doubt] if lines else [NOTHING_TRIED]) + "\n"


def _is_about(record: ActionRecord, asked: str) -> bool:
    if not asked:
        return True
    taxonomy = read_taxonomy()
    wanted = set(taxonomy.opened(asked))
    return any(wanted & set(taxonomy.opened(slug)) for slug in record.plan.types)


def _response(kind: str, tried: Iterable[Kept[ActionRecord]]) -> ResponseLine:
    own = [one for one in tried if one.what.plan.response == kind]
    known: Mapping[str, str] = {key: one.means for key, one in read_responses().items()}
    agencies = {
        agency
        for one in own
        for agency in (one.what.plan.agency, *one.what.plan.partners)
        if agency
    }
    # The newest result is read first.
    newest = sorted(own, key=lambda one: (one.what.stage is Stage.REVIEWED, one.changed_at))
    return ResponseLine(
        key=kind,
        name=name_of_response(kind) or NO_KIND,
        means=known.get(kind, ""),
        tried=len(own),
        reviewed=sum(one.what.stage is Stage.REVIEWED for one in own),
        places=len({one.what.plan.site.name for one in own if one.what.plan.site}),
        agencies=tuple(sorted(agencies)),
        lines=tuple(_line(one) for one in reversed(newest)),
    )


def _line(kept: Kept[ActionRecord]) -> TriedLine:
    record, taxonomy = kept.what, read_taxonomy()
    return TriedLine(
        key=kept.key,
        title=record.plan.title,
        place=record.plan.site.name if record.plan.site else "",
        types=", ".join(taxonomy.name(slug) for slug in record.plan.types),
        stage=str(record.stage),
        result=record.result,
        measured=record.measured,
        doubts=record.doubts,
    )


def _say(one: ResponseLine) -> list[str]:
    times = say_number(one.tried, "time", "times")
    places = say_number(one.places, "place", "places")
    lines = [f"{one.name}: tried {times} at {places}, reviewed {one.reviewed}"]
    lines += [f"  Known to: {', '.join(one.agencies)}"] if one.agencies else []
    for line in one.lines:
        lines.append(f"  {line.key}  {line.title} at {line.place or 'no place'}: {line.stage}")
        told = [line.result, *line.measured, *(f"Beware: {words}" for words in line.doubts)]
        lines += [f"    {words}" for words in told if words]
    return lines
