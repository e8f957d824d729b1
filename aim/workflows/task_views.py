"""What the pages of actions, groups and meetings show, as plain values."""

from dataclasses import dataclass

from aim.workflows.views import Choice


@dataclass(frozen=True, slots=True)
class ActionCard:
    """One action on the board."""

    key: str
    title: str
    place: str
    stage: str
    colour: str  # red, amber, green or empty
    standing: str  # why it has that colour, or its stage
    due: str
    owner: str
    agency: str
    group: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class BoardSection:
    """Actions under one heading."""

    heading: str
    cards: tuple[ActionCard, ...]


@dataclass(frozen=True, slots=True)
class BoardView:
    """Everything on the page of actions."""

    sections: tuple[BoardSection, ...]
    by: str  # stage or group
    mine: bool
    overdue: int
    shown: int
    may_plan: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a plain form; ``kind`` is a type of input, ``textarea`` or ``select``.

    ``offered`` are words a browser offers while somebody writes; any other may be written.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    needed: bool = False
    longest: int = 200
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveButton:
    """A stage an action may go to; ``asks`` is what must be said with it, empty for nothing."""

    stage: str
    label: str
    asks: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to an action."""

    when: str
    who: str
    what: str
    words: str
    changes: tuple[tuple[str, str, str], ...]  # field, was, is


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file attached to an action."""

    number: int
    name: str
    told: str  # what it is, how large, who attached it and when
    may_remove: bool


@dataclass(frozen=True, slots=True)
class ActionView:
    """Everything on the page of one action."""

    card: ActionCard
    place_address: str  # of the hotspot's page; empty where there is none the reader may open
    version: int
    facts: tuple[tuple[str, str], ...]
    measured: str
    progress: int
    result: str
    found: tuple[str, ...]  # what was counted after it
    doubts: tuple[str, ...]
    gaps: tuple[tuple[str, str], ...]  # part of SMART, what is missing
    shows_gaps: bool
    moves: tuple[MoveButton, ...]
    history: tuple[HistoryLine, ...]
    form: tuple[FormField, ...]  # empty where the reader may not change it
    update_form: tuple[FormField, ...]
    may_update: bool
    files: tuple[FileLine, ...]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """What somebody wrote beside what another wrote meanwhile; nothing is lost."""

    address: str
    title: str
    told: str
    version: int  # the newest
    rows: tuple[tuple[str, str, str], ...]  # field, as it is now, as the reader wrote it
    form: tuple[FormField, ...]  # with what the reader wrote


@dataclass(frozen=True, slots=True)
class GroupCard:
    """One group in the list."""

    key: str
    name: str
    purpose: str
    lead_agency: str
    chair: str
    dates: str
    open_actions: int
    overdue: int


@dataclass(frozen=True, slots=True)
class GroupsView:
    """Everything on the page of groups."""

    groups: tuple[GroupCard, ...]
    # number, name, how it came, whose, for how long, the hotspots found there
    sites: tuple[tuple[str, str, str, str, str, str], ...]
    apart: str  # how many hotspots lie in no designated place
    form: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """Everything on the page of one group."""

    card: GroupCard
    version: int
    facts: tuple[tuple[str, str], ...]
    sections: tuple[BoardSection, ...]
    form: tuple[FormField, ...]
    may_plan: bool


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting in the list."""

    key: str
    day: str
    run_id: str
    listed: str  # its list in words; its number alone where the reader may not see it
    group: str
    decided: int


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What was decided of one place, in words."""

    place: str
    said: str
    reason: str
    noted: str


@dataclass(frozen=True, slots=True)
class MeetingPlace:
    """One place of the list a meeting had."""

    hotspot_id: str
    rank: int
    place: str
    wards: str
    incidents: int
    change: str
    in_hand: bool
    decision: DecisionLine | None


@dataclass(frozen=True, slots=True)
class MeetingsView:
    """Everything on the page of meetings."""

    meetings: tuple[MeetingLine, ...]
    may_keep: bool
    groups: tuple[Choice, ...]
    lists: tuple[Choice, ...]  # the saved ones, the newest first


@dataclass(frozen=True, slots=True)
class MeetingView:
    """Everything on the page of one meeting."""

    line: MeetingLine
    version: int
    agencies: str
    run_said: str  # empty where the reader may not see the list itself
    before: tuple[DecisionLine, ...]
    before_day: str
    late: tuple[ActionCard, ...]
    places: tuple[MeetingPlace, ...]
    hidden: int
    decisions: tuple[DecisionLine, ...]
    may_keep: bool
    choices: tuple[Choice, ...]
    groups: tuple[Choice, ...]
