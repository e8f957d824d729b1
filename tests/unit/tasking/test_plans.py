"""Plans: every gap is named at once, lines read back as written, no small number can be had."""

import pytest

from aim.errors import ParameterError
from aim.model.plans import (
    About,
    DeliveryPlan,
    Head,
    Milestones,
    PlaceRecord,
    ProfileLine,
    Proposal,
    RiskLine,
    WorkLine,
)
from aim.tasking import (
    as_lines,
    find_response,
    name_of_response,
    plan_gaps,
    plan_years,
    rate_per_1000,
    read_existing,
    read_milestones,
    read_profile,
    read_responses,
    read_risks,
    read_words,
    record_gaps,
    safe_bands,
)

HEAD = Head("Harbour", "Less noise", "council", "lead", ("police",), wards=("Harbour",))
PLAN = DeliveryPlan(
    "g1",
    indicator="Reports at night",
    types=("noise",),
    first_year=2026,
    baseline=120,
    targets=(110, 100, 0),
    profile=(ProfileLine(About.VICTIMS, "aged 18 to 24", "31 %", "Police"),),
    existing=(WorkLine("Walks", "Council", "Reports fell"),),
    barriers=("No budget",),
    gaps=("No lead for youth",),
    milestones=(Milestones("Fly-tips", tuple(range(12))),),
    risks=(RiskLine("Funds end", "Ask early"),),
)
ACTION = Proposal("a1", "Mend the lights", "It worked at Mill Lane", "council", "Capital fund")


def test_a_whole_plan_has_no_gap():
    assert plan_gaps(HEAD, PLAN, [ACTION]) == ()


def test_an_empty_plan_names_every_gap_at_once():
    gaps = plan_gaps(Head("Harbour"), DeliveryPlan("g1"), [])
    assert [gap.partition(":")[0] for gap in gaps] == [
        *(["Group"] * 5 + ["A"] * 5 + ["C"] * 3 + ["D"] * 3)
    ]
    assert "A: say the target of year 1, 2, 3." in gaps


def test_a_gap_names_what_it_is_of():
    half = DeliveryPlan(
        "g1",
        targets=(1, None, 3),
        profile=(ProfileLine(About.RESIDENTS, "over 65", "12 %"),),
        existing=(WorkLine("Walks"), WorkLine("Youth club", "Council")),
        milestones=(Milestones("Fly-tips", (1, None, *range(10))),),
        risks=(RiskLine("Funds end"),),
    )
    gaps = plan_gaps(HEAD, half, [Proposal("", "Talk", lead="council")])
    assert "A: say the target of year 2." in gaps
    assert "B: say where 'over 65' is from." in gaps
    assert "C: say what pays for and what shows the effect of 'Walks'." in gaps
    assert "C: say what shows the effect of 'Youth club'." in gaps
    assert "D: of 'Talk' say why it should work, what pays for it." in gaps
    assert "D: 'Fly-tips' has no milestone for quarter 2." in gaps
    assert "D: say what is done about 'Funds end'." in gaps


def test_a_record_names_its_silent_parts():
    assert record_gaps("Quay", PlaceRecord("Quay", "a", "b", "", "d", "")) == (
        "Quay: nothing under analysis yet.",
        "Quay: nothing under assessment yet.",
    )


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        (PLAN.profile, read_profile),
        (PLAN.existing, read_existing),
        (PLAN.risks, read_risks),
        (PLAN.milestones, read_milestones),
        (PLAN.gaps, lambda text: read_words(text, "gaps")),
    ],
)
def test_lines_are_read_as_they_were_written(rows, read):
    assert read(as_lines(rows)) == rows
    assert read("") == ()
    assert read("\n \n" + as_lines(rows) + "\n") == rows


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_existing, "a | b | c | d", "3 cells a line"),
        (read_existing, " | b", "begin with words"),
        (read_profile, "victims", "what is counted"),
        (read_profile, "dogs | 3", "victims, suspects, residents"),
        (read_milestones, "Fly-tips | few", "whole numbers from 0"),
        (read_milestones, "Fly-tips" + " | 1" * 13, "takes 13 cells"),
        (read_milestones, "Fly-tips | -1", "whole numbers"),
    ],
)
def test_a_line_that_cannot_be_read_says_what_a_line_is(read, text, said):
    with pytest.raises(ParameterError, match=said):
        read(text)


@pytest.mark.parametrize(
    ("counts", "total", "shown"),
    [
        ({"a": 12, "b": 5}, 17, (("a", 12), ("b", 5))),
        ({"a": 12, "b": 5}, 22, (("a", 12), ("b", 5), ("other or not supplied", 5))),
        ({"a": 12, "b": 5}, 21, (("a", 12), ("other or not supplied", 9))),
        ({"a": 12, "b": 4}, 16, ()),
        ({"a": 4}, 400, ()),
        ({}, 30, ()),
        ({"b": 7, "a": 7, "c": 1}, 40, (("a", 7), ("b", 7), ("other or not supplied", 26))),
    ],
)
def test_no_small_number_is_shown_or_can_be_had_by_subtraction(counts, total, shown):
    assert safe_bands(counts, total, 5) == shown


def test_years_and_rates_are_written_as_the_partnership_writes_them():
    assert plan_years(2099) == ("2098/99", "2099/00", "2100/01", "2101/02")
    assert plan_years(None) == plan_years(None, 1) == ()
    assert rate_per_1000(0, 500) == "0.0"
    assert rate_per_1000(1, 0) == ""
    assert rate_per_1000(None, 500) == ""


def test_a_kind_of_response_is_found_by_key_and_by_name():
    for key, one in read_responses().items():
        assert find_response(one.name.upper()) == find_response(f" {key} ") == key
        assert name_of_response(key) == one.name
        assert one.means
    with pytest.raises(ParameterError, match="one of patrol, lighting"):
        find_response("prayer")
