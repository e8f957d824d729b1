"""The office: pure rules of groups, actions and meetings; nothing is read or kept here."""

from aim.tasking.meetings import check_decisions, latest_choices
from aim.tasking.plans import (
    as_lines,
    plan_gaps,
    plan_years,
    rate_per_1000,
    read_existing,
    read_milestones,
    read_profile,
    read_risks,
    read_words,
    record_gaps,
    safe_bands,
)
from aim.tasking.rating import Colour, Rating, rate_action
from aim.tasking.responses import find_response, name_of_response, read_responses
from aim.tasking.review import months_after, say_outcome
from aim.tasking.smart import Gap, check_smart, find_gaps, say_months
from aim.tasking.stages import check_move, moves_open_to, read_stages

__all__ = [
    "Colour",
    "Gap",
    "Rating",
    "as_lines",
    "check_decisions",
    "check_move",
    "check_smart",
    "find_gaps",
    "find_response",
    "latest_choices",
    "months_after",
    "moves_open_to",
    "name_of_response",
    "plan_gaps",
    "plan_years",
    "rate_action",
    "rate_per_1000",
    "read_existing",
    "read_milestones",
    "read_profile",
    "read_responses",
    "read_risks",
    "read_stages",
    "read_words",
    "record_gaps",
    "safe_bands",
    "say_months",
    "say_outcome",
]
