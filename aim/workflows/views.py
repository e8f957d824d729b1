"""What a page shows, as plain values: no frame and no store reaches a template."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Entries under one heading."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The fields in which a filter is chosen, and what of it has no field."""

    wards: tuple[Choice, ...]
    types: tuple[ChoiceGroup, ...]
    sources: tuple[Choice, ...]
    since: str
    until: str
    hours: str
    days: str
    count_linked: tuple[Choice, ...]
    other_words: tuple[tuple[str, str], ...]  # filter words with no field of their own


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure; ``note`` says what it is to be compared with."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HotspotRow:
    """One hotspot in six plain columns, with the statistics kept behind ``why``."""

    rank: int
    place: str
    wards: str
    incidents: int
    change_word: str
    change_counts: str
    sources: str
    being_done: str
    corroborated: str = ""  # how many sources tell of the same events
    past: str = ""  # the word for its past: new, persistent and the like
    hotspot_id: str | None = None
    lon: float | None = None
    lat: float | None = None
    why: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart and the table that says the same."""

    title: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[tuple[str, str], ...] = ()  # label on the chart, what happened


@dataclass(frozen=True, slots=True)
class PresetLink:
    """A ready-made view."""

    name: str
    query: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class SavedHotspots:
    """The hotspots of the newest saved run, for links to their lasting pages."""

    title: str
    hotspots: tuple[tuple[str, str], ...]  # id, name


@dataclass(frozen=True, slots=True)
class HubView:
    """Everything on the hub page."""

    title: str
    query: str
    presets: tuple[PresetLink, ...]
    form: FilterForm
    summary: str  # the chosen filter in a sentence
    figures: tuple[Figure, ...]
    chart: Chart | None
    hotspots: tuple[HotspotRow, ...]
    hotspots_elsewhere: int
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]
    compared: str
    parameters: str
    complete_line: str
    stamp_lines: tuple[str, ...]
    empty_store: bool = False
    saved: SavedHotspots | None = None
    may_save: bool = False


@dataclass(frozen=True, slots=True)
class WardView:
    """Everything on a ward's page."""

    code: str
    name: str
    ward_set: str
    query: str
    period: str
    figures: tuple[Figure, ...]
    by_type: tuple[tuple[str, str, str], ...]  # type, incidents, change in words
    chart: Chart | None
    hotspots: tuple[HotspotRow, ...]
    compared: str
    warnings: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HotspotView:
    """Everything on a saved hotspot's page."""

    hotspot_id: str
    name: str
    run_id: str
    made: str
    row: HotspotRow
    period: str
    facts: tuple[tuple[str, str], ...]
    history: tuple[tuple[str, str, str, str, str], ...]  # run, made, rank, name, incidents
    known: str  # since when it is known, and in how many saved runs
    events: tuple[str, ...]  # what parted from it or grew together with it
    area: str  # west,south,east,north around it, for the map
    chart: Chart | None
    query: str
    warnings: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]
    may_plan: bool = False  # whether the reader may draft an action here


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file ready to be handed out."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class QualityMonth:
    """What one source sent for one month."""

    source: str
    month: str
    rows: str
    located: str
    snapped: str
    delay: str
    areas: str
    told: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class QualityView:
    """Everything on the data quality page; findings are pairs of source and sentence."""

    silences: tuple[tuple[str, str], ...]
    drops: tuple[tuple[str, str], ...]
    shows_drops: bool
    agreements: tuple[str, ...]
    months: tuple[QualityMonth, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """One of two linked reports, as much as a person needs to compare them."""

    incident_id: str
    source: str
    kind: str
    when: str
    where: str
    said: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Two reports beside each other, and why they may tell of one event."""

    reports: tuple[ReportView, ReportView]
    likely: str
    why: tuple[tuple[str, str], ...]
    settled: str = ""  # by whom and when


@dataclass(frozen=True, slots=True)
class LinksView:
    """Everything on the page of links between reports."""

    state: str
    states: tuple[tuple[str, str, str], ...]  # state, what it is called, how many
    rows: tuple[LinkRow, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class PlaceGuess:
    """Words that name a place, with what they may mean."""

    text: str
    ward: str
    reports: str
    best: str
    at: str  # easting,northing of the best guess
    sure: str
    second: str


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """What a person said of some words."""

    text: str
    ward: str
    said: str
    by: str


@dataclass(frozen=True, slots=True)
class PlaceReviewView:
    """Everything on the page of words that wait for a person's answer."""

    guesses: tuple[PlaceGuess, ...]
    answers: tuple[PlaceAnswer, ...]
    waiting: int
    page: int
    pages: int
