"""Plans as Word: every heading, table and mark stands where a reader and a reader's aid find it."""

import io
import subprocess
from dataclasses import replace
from datetime import date
from functools import cache

import docx
import pytest
from docx.oxml.ns import qn

from aim.errors import ExportError
from aim.exports.plan_templates import fill_template, placeholders
from aim.exports.plans import write_delivery_plan, write_osara_plan
from aim.model import plan_form as form
from aim.model.handling import Stamp
from aim.model.plans import (
    OSARA_PARTS,
    About,
    DeliveryPlan,
    Evidence,
    Head,
    Milestones,
    PlaceRecord,
    PlanContent,
    PlanPaper,
    ProfileLine,
    Proposal,
    RiskLine,
    WorkLine,
)

STAMP = Stamp("Norbeck Partnership", "OFFICIAL", ("Invented data",), {}, "lead", date(2026, 5, 4))
TEXTS = [f"{label} of the quay & the <steps>." for label in OSARA_PARTS.values()]
CONTENT = PlanContent(
    Head("Harbour nights", "Less noise", "council", "lead", ("police", "fire")),
    DeliveryPlan(
        "",
        indicator="Reports at night",
        types=("burglary",),
        first_year=2026,
        baseline=1200,
        targets=(1100, None, 900),
        profile=(ProfileLine(About.VICTIMS, "aged 18 to 24", "31 %", "Police"),),
        existing=(WorkLine("Walks", "Council"),),
        barriers=("No lights",),
        milestones=(Milestones("Fly-tips", tuple(range(12))),),
        risks=(RiskLine("The fund ends", "Ask early", "lead"),),
    ),
    (Proposal("a1", "Mend the lights", "It worked before", "council", "£1,200"),),
    (PlaceRecord("Quay Street", *TEXTS),),
)
BANDS = Evidence("Victims by age", "the hub", ("Band", "Reports"), (("18-24", "12"),), (1,))
PAPER = PlanPaper(
    CONTENT,
    STAMP,
    years=("2025/26", "2026/27", "2027/28", "2028/29"),
    rates=("15.0", "13.8", "", "11.3"),
    counted="The hub counts 1,190 reports.",
    evidence=(BANDS, Evidence("Suspects by age", "the hub", empty="Too few to show")),
    of_places=((Evidence("What the hub holds", "the hub", ("What", "How"), (("A", "B"),)),),),
    notes=("Data version 7.",),
)


_LISTS = {"barriers", "gaps", "notes"} | {one.split(".")[0] for one in placeholders() if "." in one}


def opened(content):
    return docx.Document(io.BytesIO(content))


@cache
def written(write):
    """Return the plan's document, written once for the tests that only look at it."""
    return opened(write(PAPER))


def headings(document):
    return [
        (one.style.name, one.text)
        for one in document.paragraphs
        if one.style.name.startswith(("Heading", "Title"))
    ]


def tables(document):
    return {
        tuple(cell.text for cell in table.rows[0].cells): [
            tuple(cell.text for cell in row.cells) for row in table.rows[1:]
        ]
        for table in document.tables
    }


def test_a_delivery_plan_has_its_five_parts_under_real_headings():
    found = headings(written(write_delivery_plan))
    assert found[0] == ("Title", "Harbour nights")
    assert [text for style, text in found if style == "Heading 1"] == [
        *(form.SUMMARY, form.EVIDENCE, form.EXISTING, form.PROPOSED, form.PEERS, form.NOTES)
    ]
    inner = {text for style, text in found if style == "Heading 2"}
    assert {"Victims by age", form.SUPPLIED, form.BARRIERS, form.MILESTONES, form.RISKS} <= inner


def test_every_number_of_a_delivery_plan_stands_in_its_table():
    found = tables(written(write_delivery_plan))
    assert found[form.TARGET_HEADS] == [
        ("Baseline", "2025/26", "1,200", "15.0"),
        ("Target of year 1", "2026/27", "1,100", "13.8"),
        ("Target of year 2", "2027/28", "Not supplied", "Not supplied"),
        ("Target of year 3", "2028/29", "900", "11.3"),
    ]
    assert found[form.MILESTONE_HEADS][1] == ("Fly-tips", "2027/28", "4", "5", "6", "7")
    assert found[form.EXISTING_HEADS] == [("Walks", "Council", "Not supplied")]
    assert found["Band", "Reports"] == [("18-24", "12")]
    assert found[form.ACTION_HEADS][0][3:] == ("council", "£1,200")


def test_what_the_hub_counts_and_where_it_is_from_is_said():
    words = [one.text for one in written(write_delivery_plan).paragraphs]
    for said in ("The hub counts 1,190 reports.", "Source: the hub", "Too few to show"):
        assert said in words
    assert "Data version 7." in words
    assert words.count("Not supplied") == 1  # the gaps


@pytest.mark.parametrize("write", [write_delivery_plan, write_osara_plan])
def test_tables_repeat_their_heads_and_say_what_they_hold(write):
    document = written(write)
    assert document.core_properties.title == "Harbour nights"
    assert document.core_properties.language == "en-GB"
    assert "OFFICIAL" in document.sections[0].header.paragraphs[0].text
    for table in document.tables:
        properties = table._tbl.tblPr
        assert properties.find(qn("w:tblCaption")).get(qn("w:val"))
        is_headed = properties.find(qn("w:tblLook")).get(qn("w:firstRow")) == "1"
        repeats = table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert is_headed == repeats


def test_a_record_has_its_five_parts_and_two_pages():
    document = written(write_osara_plan)
    found = headings(document)
    labels = [text for style, text in found if style == "Heading 2"]
    assert labels == list(OSARA_PARTS.values())
    assert ("Heading 1", "Quay Street") in found
    assert sum('w:type="page"' in one._p.xml for one in document.paragraphs) == 1
    assert set(TEXTS) <= {one.text for one in document.paragraphs}
    assert [text for style, text in found if style == "Heading 3"] == [
        *("What the hub holds", form.ACTIONS)
    ]


def test_two_records_begin_new_pages_and_share_the_actions_at_the_end():
    more = replace(CONTENT, records=(*CONTENT.records, PlaceRecord("Mill Lane")))
    document = opened(write_osara_plan(replace(PAPER, content=more)))
    assert sum('w:type="page"' in one._p.xml for one in document.paragraphs) == 3
    assert headings(document)[-2:] == [("Heading 1", form.ACTIONS), ("Heading 1", form.NOTES)]


@pytest.mark.parametrize("write", [write_delivery_plan, write_osara_plan])
def test_the_same_plan_gives_the_same_bytes(write):
    assert write(PAPER) == write(PAPER)


def template(*paragraphs, rows=()):
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=len(rows), cols=2)
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def test_a_councils_own_document_is_filled():
    made = fill_template(
        PAPER,
        template(
            "Plan of {{ name }}: {{ baseline }} in {{ baseline_year }}",
            "{% if gaps %}Gaps{% else %}No gap{% endif %}",
            "{%p for one in places %}",
            "{{ one.name }}: {{ one.objective }}",
            "{%p endfor %}",
            rows=(
                ("{%tr for one in actions %}", ""),
                ("{{ loop.index }}. {{ one.title }}", "{{ one.funding }}"),
                ("{%tr endfor %}", ""),
            ),
        ),
    )
    document = opened(made)
    words = [one.text for one in document.paragraphs]
    assert words[:3] == [
        "Plan of Harbour nights: 1,200 in 2025/26",
        "No gap",
        f"Quay Street: {TEXTS[0]}",
    ]
    assert [cell.text for cell in document.tables[0].rows[0].cells] == [
        "1. Mend the lights",
        "£1,200",
    ]


def test_every_placeholder_there_is_can_be_filled():
    texts = [one for one in placeholders() if "." not in one and one not in _LISTS]
    fields = [one for one in placeholders() if "." in one]
    loops = [
        f"{{% for one in {name} %}}{{{{ one.{field} }}}}{{% endfor %}}"
        for name, field in (one.split(".") for one in fields)
        if field != "lines"
    ]
    nested = "{% for a in evidence %}{% for b in a.lines %}{{ b }}{% endfor %}{% endfor %}"
    asked = template(*(f"{{{{ {one} }}}}" for one in texts), *loops, nested)
    words = [one.text for one in opened(fill_template(PAPER, asked)).paragraphs]
    assert not any("{" in text for text in words)
    assert words[-1] == "Band: 18-24; Reports: 12Too few to show"
    assert all(words[: len(texts)])


def test_unknown_placeholders_are_named_at_once_with_those_there_are():
    asked = template(
        "{{ nmae }}", "{% for one in actions %}{{ one.cost }}{% endfor %}", "{{ x.y }}"
    )
    with pytest.raises(ExportError) as refused:
        fill_template(PAPER, asked)
    said = str(refused.value)
    for wrong in ("nmae", "one.cost", "x.y", "actions.title", "baseline_year"):
        assert wrong in said


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ name.__class__ }}",
        "{{ name.__class__.__mro__ }}",
        "{{ name['__class__'] }}",
        "{{ name|attr('__class__') }}",
        "{{ ''.join(name) }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ range(10 ** 9) }}",
        "{{ 'a' * 10 ** 9 }}",
        "{% for a in range(9) %}{% endfor %}",
        "{% for a in actions %}{% for b in actions %}{% endfor %}{% endfor %}",
        "{% for a in actions %}{{ a.title.format }}{% endfor %}",
        "{% for a in actions if a.title() %}{% endfor %}",
        "{% for a in actions %}{{ loop.__class__ }}{% endfor %}",
        "{% set x = name %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'a' %}",
        "{% import 'os' as os %}",
        "{% extends name %}",
        "{% filter upper %}a{% endfilter %}",
        "{{ name is defined }}",
        "{{ name ~ name }}",
        "{% if name == 'a' %}{% endif %}",
        "{{ actions }}",
        "{% for a in actions %}{{ a }}{% endfor %}",
        "{% for a in evidence %}{{ a.lines }}{% endfor %}",
        "{% for a in gaps %}{{ loop }}{% endfor %}",
        "{{ placeholder(",
    ],
)
def test_a_hostile_template_reaches_nothing(hostile):
    with pytest.raises(ExportError):
        fill_template(PAPER, template(hostile))


def test_a_hostile_header_and_title_reach_nothing():
    for place in ("header", "title"):
        document = docx.Document()
        if place == "header":
            document.sections[0].header.paragraphs[0].text = "{{ name.__class__ }}"
        else:
            document.core_properties.title = "{{ name.__class__ }}"
        content = io.BytesIO()
        document.save(content)
        with pytest.raises(ExportError, match="__class__"):
            fill_template(PAPER, content.getvalue())


def test_texts_of_people_are_never_read_as_placeholders_or_markup():
    head = Head("{{ name.__class__ }} <w:p/> & \x07")
    paper = replace(PAPER, content=replace(CONTENT, head=head))
    made = opened(fill_template(paper, template("{{ name }}")))
    assert made.paragraphs[0].text == "{{ name.__class__ }} <w:p/> & �"


def test_the_same_template_gives_the_same_bytes():
    asked = template("{{ name }}")
    assert fill_template(PAPER, asked) == fill_template(PAPER, asked)


LONGEST = 1_000  # what a part holds
LONG = ("A sentence of some length tells what happens here and when. " * 20)[:LONGEST]


@pytest.fixture(scope="module")
def printed(tmp_path_factory, needs):
    """Give the text of each page of plans of every kind, as an office program prints them."""
    folder = tmp_path_factory.mktemp("plans")
    office, to_text = needs("libreoffice"), needs("pdftotext")
    full = replace(CONTENT, records=(PlaceRecord("Quay Street", *[LONG] * 5),))
    plans = {
        "delivery": write_delivery_plan(PAPER),
        "short": write_osara_plan(PAPER),
        "full": write_osara_plan(replace(PAPER, content=full)),
        "own": fill_template(PAPER, template("{% for a in risks %}{{ a.risk }}{% endfor %}")),
    }
    for name, content in plans.items():
        (folder / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    files = [str(folder / f"{name}.docx") for name in plans]
    subprocess.run([*convert, *files], check=True, capture_output=True, timeout=240)
    return {name: pages_of(to_text, folder / f"{name}.pdf") for name in plans}


def pages_of(to_text, path):
    made = subprocess.run([to_text, str(path), "-"], check=True, capture_output=True)
    return made.stdout.decode("utf-8").split("\f")[:-1]


@pytest.mark.slow
def test_a_place_takes_two_pages_however_much_is_written(printed):
    assert [len(printed[name]) for name in ("short", "full", "own")] == [2, 2, 1]
    first, second = printed["full"]
    assert all(part in first for part in ("Objective", "Scanning", "Analysis"))
    assert all(part in second for part in ("Response", "Assessment", form.NOTES))


@pytest.mark.slow
def test_the_five_parts_are_printed_in_order_and_every_page_is_marked(printed):
    assert len(printed["delivery"]) in {2, 3}
    assert all("OFFICIAL" in page for name in ("delivery", "full") for page in printed[name])
    text = " ".join(printed["delivery"])
    parts = [form.SUMMARY, form.EVIDENCE, form.EXISTING, form.PROPOSED, form.PEERS]
    assert sorted(parts, key=text.index) == parts
    assert "The fund ends" in printed["own"][0]
