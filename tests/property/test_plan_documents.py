"""A plan that is written and read again says the same, in either form."""

from datetime import date

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from aim.errors import FeedFormatError
from aim.exports.plans import write_delivery_plan, write_osara_plan
from aim.feeds import mask_text
from aim.feeds.plan_documents import plan_of
from aim.model import plan_form as form
from aim.model.handling import Stamp
from aim.model.plans import (
    OSARA_PARTS,
    About,
    DeliveryPlan,
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
from aim.tasking import plan_years

STAMP = Stamp("Norbeck Partnership", "OFFICIAL", ("Invented data",), {}, "lead", date(2026, 5, 4))
LETTERS = st.characters(exclude_categories=("C", "Z"), exclude_characters="|;,")
WORD = st.text(LETTERS | st.sampled_from("<&>{}%'\"#=("), min_size=1, max_size=9)


def _is_plain(text: str) -> bool:
    said = text.rstrip(".").casefold() != form.NOT_SUPPLIED.casefold()
    return said and mask_text(text)[0] == text


LINE = st.lists(WORD, min_size=1, max_size=4).map(" ".join).filter(_is_plain)
MAYBE = st.just("") | LINE
TEXT = st.lists(LINE, max_size=3).map("\n".join)
SEVERAL = st.lists(LINE, max_size=3, unique=True).map(tuple)
DAY = st.dates(date(2020, 1, 1), date(2040, 1, 1))
COUNT = st.none() | st.integers(0, 99_999_999)


def rows(kind, *cells):
    return st.lists(st.builds(kind, *cells), max_size=3).map(tuple)


HEADS = st.builds(
    Head,
    LINE,
    *(MAYBE, MAYBE, MAYBE),
    *(SEVERAL, SEVERAL, SEVERAL),
    *(st.none() | DAY, st.none() | DAY),
    st.lists(DAY, max_size=3).map(tuple),
)
PLANS = st.builds(
    DeliveryPlan,
    group=st.just(""),
    indicator=MAYBE,
    types=st.sampled_from([(), ("asb",), ("burglary", "drugs")]),
    first_year=st.none() | st.integers(2000, 2090),
    baseline=COUNT,
    targets=st.lists(COUNT, max_size=3).map(tuple),
    profile=rows(ProfileLine, st.sampled_from(About), LINE, MAYBE, MAYBE),
    existing=rows(WorkLine, LINE, MAYBE, MAYBE),
    barriers=SEVERAL,
    gaps=SEVERAL,
    milestones=rows(Milestones, LINE, st.lists(COUNT, max_size=12).map(tuple)),
    risks=rows(RiskLine, LINE, MAYBE, MAYBE),
)
ACTIONS = rows(Proposal, st.sampled_from(["", "0a1b2c3d4e"]), LINE, MAYBE, MAYBE, MAYBE)
RECORDS = st.dictionaries(
    LINE, st.tuples(*[TEXT] * len(OSARA_PARTS)).filter(any), min_size=1, max_size=2
).map(lambda said: tuple(PlaceRecord(place, *parts) for place, parts in said.items()))


# A whole document is written and read for each example; shrinking one would take minutes.
FEW, MANY = (
    settings(max_examples=most, phases=(Phase.explicit, Phase.generate)) for most in (4, 30)
)


def reads_back(content, write):
    paper = PlanPaper(content, STAMP, years=plan_years(content.plan.first_year))
    assert plan_of(write(paper), "plan.docx") == (content, ())


@FEW
@given(HEADS, PLANS, ACTIONS)
def test_a_delivery_plan_reads_back_to_the_same_record(head, plan, actions):
    reads_back(PlanContent(head, plan, actions), write_delivery_plan)


@FEW
@given(HEADS, ACTIONS, RECORDS)
def test_a_problem_solving_plan_reads_back_to_the_same_record(head, actions, records):
    content = PlanContent(head, proposals=actions, records=records)
    reads_back(content, write_osara_plan)


@pytest.mark.slow
@MANY
@given(HEADS, PLANS, ACTIONS, RECORDS)
def test_any_plan_reads_back_in_both_forms(head, plan, actions, records):
    reads_back(PlanContent(head, plan, actions), write_delivery_plan)
    reads_back(PlanContent(head, proposals=actions, records=records), write_osara_plan)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_are_read_as_a_plan_by_chance(data):
    with pytest.raises(FeedFormatError, match="was asked for as a plan"):
        plan_of(b"PK\x03\x04" + data, "plan.docx")
