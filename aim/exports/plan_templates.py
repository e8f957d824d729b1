"""A council's own plan: a Word document whose placeholders are filled in.

A placeholder names a text, such as ``{{ purpose }}``; a list is gone through with ``{%tr for one
in actions %}`` and its fields are named ``{{ one.title }}``. That is the whole language: nothing
is called, filtered or worked out, so a template can reach nothing but the texts of the plan.
"""

import io
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from aim.errors import ExportError
from aim.exports.office import fixed_archive, xml_text
from aim.exports.plans import milestone_rows, say_or_not
from aim.model import plan_form as form
from aim.model.plans import OSARA_PARTS, QUARTERS, YEARS, Evidence, PlanPaper
from aim.model.types import read_taxonomy

# The library looks through the text again and again; a plan's template is a few pages.
MOST_LETTERS = 2_000_000
_HEAD = ("name", *form.HEAD_LABELS)
_TARGETS = tuple(f"target_{at + 1}" for at in range(YEARS))
_TEXTS = (
    *_HEAD,
    *("indicator", "reports_counted", "counted_by_hub"),
    *(f"{name}{end}" for name in ("baseline", *_TARGETS) for end in ("", "_year", "_rate")),
    *("partnership", "marking", "made", "complete_to"),
)
_QUARTERS = tuple(f"q{at + 1}" for at in range(QUARTERS))
# Each list with the fields of its rows; a row without fields is a text itself.
_LISTS: Mapping[str, tuple[str, ...]] = {
    "actions": ("ref", "title", "plausibility", "lead", "funding"),
    "existing": ("what", "funding", "evidence"),
    "barriers": (),
    "gaps": (),
    "milestones": ("indicator", "year", *_QUARTERS),
    "risks": ("risk", "answer", "owner"),
    "supplied": ("about", "what", "number", "source"),
    "places": ("name", *OSARA_PARTS),
    "evidence": ("title", "source", "lines"),
    "notes": (),
}
_LOOP = frozenset({"index", "first", "last", "length"})
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr),
    *(nodes.For, nodes.If, nodes.Not, nodes.And, nodes.Or),
)
_BROKEN = (AttributeError, LookupError, TypeError, ValueError, SyntaxError)


def placeholders() -> tuple[str, ...]:
    """Return every placeholder there is, fields of lists behind a full stop.

    Examples
    --------
    >>> [one for one in placeholders() if one.startswith("risks")]
    ['risks', 'risks.risk', 'risks.answer', 'risks.owner']
    """
    fields = (
        one
        for name, inner in _LISTS.items()
        for one in (name, *(f"{name}.{part}" for part in inner))
    )
    return (*_TEXTS, *fields)


def fill_template(paper: PlanPaper, template: bytes) -> bytes:
    """Fill a council's own template with a plan.

    Parameters
    ----------
    paper
        The plan.
    template
        A Word document, known to be one that can be opened without harm.

    Returns
    -------
    bytes
        A Word file; the same plan and template give the same bytes.

    Raises
    ------
    ExportError
        It has placeholders nobody knows (all are named, with those there are), does more than
        name them, or cannot be read.

    Examples
    --------
    >>> from aim.model.handling import Stamp
    >>> from aim.model.plans import Head, PlanContent
    >>> from aim.exports.plans import write_osara_plan
    >>> paper = PlanPaper(PlanContent(Head("Harbour")), Stamp("Norbeck CSP", "OFFICIAL", (), {}))
    >>> fill_template(paper, write_osara_plan(paper))[:2]
    b'PK'
    """
    language = _Placeholders()
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.init_docx()
        if len(document.get_xml()) > MOST_LETTERS:
            raise ExportError(f"The template's text is longer than {MOST_LETTERS:,} letters.")
        # All of the document is parsed once before: so every fault of it is named together.
        document.get_undeclared_template_variables(language)
        document.render(values_of(paper), language, autoescape=True)
        filled = io.BytesIO()
        document.save(filled)
    except TemplateError as error:
        raise ExportError(
            f"The template cannot be filled: {error}. A placeholder is written {{{{ purpose }}}};"
            " a list is gone through with {%tr for one in actions %} and {%tr endfor %}."
        ) from error
    except _BROKEN as error:
        raise ExportError(
            f"The template cannot be filled ({type(error).__name__}); open it in Word, save it"
            " again and try that."
        ) from error
    return fixed_archive(filled.getvalue())


class _Placeholders(SandboxedEnvironment):
    """A language of placeholders and lists, in which nothing can be called or worked out."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def parse(self, *given: Any, **named: Any) -> nodes.Template:
        """Parse a text and refuse what no plan has, before anything of it is worked out."""
        tree = super().parse(*given, **named)
        faults = dict.fromkeys(_faults_of(tree, frozenset((*_TEXTS, *_LISTS)), {}))
        if faults:
            raise ExportError(
                f"The template asks for {', '.join(faults)}; no plan has that. There are"
                f" {', '.join(placeholders())}."
            )
        return tree

    def compile(self, source: Any, *given: Any, **named: Any) -> Any:
        """Compile a text only when it holds nothing but placeholders that are known."""
        self.parse(source)
        return super().compile(source, *given, **named)


def _faults_of(
    node: nodes.Node, known: Collection[str], inside: Mapping[str, tuple[str, ...] | None]
) -> Iterator[str]:
    """Yield what a text asks for beyond the placeholders.

    ``inside`` holds the names loops give: the fields of their rows, None where a row is a text.
    """
    if not isinstance(node, _ALLOWED):
        yield f"{type(node).__name__.lower()} (only placeholders, for and if are understood)"
    elif isinstance(node, nodes.For):
        yield from _faults_of_loop(node, known, inside)
    elif isinstance(node, nodes.Getattr):
        yield from _faults_of_field(node, inside)
    elif isinstance(node, nodes.Name):
        if node.name not in known and node.name not in inside:
            yield node.name
    else:
        for child in node.iter_child_nodes():
            if isinstance(node, nodes.Output) and _is_list(child, inside):
                yield f"{_called(child)} as a text (go through it, field by field)"
            yield from _faults_of(child, known, inside)


def _is_list(node: nodes.Node, inside: Mapping[str, tuple[str, ...] | None]) -> bool:
    """Tell whether what is to be written is a list, or a row of several fields."""
    if isinstance(node, nodes.Getattr):
        return node.attr == "lines"
    if not isinstance(node, nodes.Name):
        return False
    return bool(inside.get(node.name)) if node.name in inside else node.name in _LISTS


def _called(node: nodes.Node) -> str:
    return str(getattr(node, "name", "") or getattr(node, "attr", "something"))


def _faults_of_loop(
    node: nodes.For, known: Collection[str], inside: Mapping[str, tuple[str, ...] | None]
) -> Iterator[str]:
    source, target = node.iter, node.target
    if not isinstance(target, nodes.Name) or node.test or node.recursive:
        yield "a loop of another kind"
        return
    # A list within a list is a field of its row: lists never multiply.
    if isinstance(source, nodes.Name) and not inside and source.name in _LISTS:
        row = _LISTS[source.name] or None
    elif isinstance(source, nodes.Getattr) and source.attr == "lines":
        yield from _faults_of_field(source, inside)
        row = None
    else:
        yield f"a loop over {getattr(source, 'name', 'something else')}"
        return
    within = {**inside, target.name: row, "loop": tuple(_LOOP)}
    for child in (*node.body, *node.else_):
        yield from _faults_of(child, known, within)


def _faults_of_field(
    node: nodes.Getattr, inside: Mapping[str, tuple[str, ...] | None]
) -> Iterator[str]:
    owner = node.node.name if isinstance(node.node, nodes.Name) else ""
    if node.attr not in (inside.get(owner) or ()):
        yield f"{owner}.{node.attr}"


def values_of(paper: PlanPaper) -> dict[str, Any]:
    """Return what stands for each placeholder: texts, and lists of texts or of fields."""
    plan, stamp, head = paper.content.plan, paper.stamp, paper.content.head
    taxonomy = read_taxonomy()
    values: dict[str, Any] = {name: say_or_not(getattr(head, name)) for name in _HEAD}
    values |= {
        "indicator": say_or_not(plan.indicator),
        "reports_counted": say_or_not(tuple(taxonomy.name(slug) for slug in plan.types)),
        "counted_by_hub": say_or_not(paper.counted),
        "partnership": stamp.partnership,
        "marking": stamp.handling,
        "made": say_or_not(stamp.made),
        "complete_to": stamp.complete_line(),
        "actions": _fields(paper.content.proposals, "actions"),
        "existing": _fields(plan.existing, "existing"),
        "barriers": list(plan.barriers),
        "gaps": list(plan.gaps),
        "milestones": list(_milestones(paper)),
        "risks": _fields(plan.risks, "risks"),
        "supplied": _fields(plan.profile, "supplied"),
        "places": [
            {"name": one.place} | {part: say_or_not(getattr(one, part)) for part in OSARA_PARTS}
            for one in paper.content.records
        ],
        "evidence": [_evidence(one) for one in paper.evidence],
        "notes": list(paper.notes),
    }
    return {name: _plain(value) for name, value in (values | _numbers(paper)).items()}


def _numbers(paper: PlanPaper) -> dict[str, str]:
    plan = paper.content.plan
    told = {}
    for at, (name, number) in enumerate(
        zip(("baseline", *_TARGETS), (plan.baseline, *plan.targets), strict=True)
    ):
        told[name] = say_or_not(None if number is None else f"{number:,}")
        told[f"{name}_year"] = say_or_not(paper.years[at] if paper.years else "")
        told[f"{name}_rate"] = say_or_not(paper.rates[at] if paper.rates else "")
    return told


def _fields(rows: Any, name: str) -> list[dict[str, str]]:
    return [{part: say_or_not(getattr(row, part)) for part in _LISTS[name]} for row in rows]


def _milestones(paper: PlanPaper) -> Iterator[dict[str, str]]:
    for one in paper.content.plan.milestones:
        for row in milestone_rows(one, paper.years):
            yield dict(zip(_LISTS["milestones"], row, strict=True))


def _evidence(one: Evidence) -> dict[str, Any]:
    lines = [
        "; ".join(f"{head}: {cell}" for head, cell in zip(one.columns, row, strict=True))
        for row in one.rows
    ]
    return {"title": one.title, "source": one.source, "lines": lines or [one.empty]}


def _plain(value: Any) -> Any:
    """Replace letters no document can hold, in every text."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return xml_text(value)
