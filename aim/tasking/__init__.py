"""The office: pure rules of groups, actions and meetings; nothing is read or kept here."""

from aim.tasking.meetings import check_decisions, latest_choices
from aim.tasking.rating import Colour, Rating, rate_action
from aim.tasking.review import months_after, say_outcome
from aim.tasking.smart import Gap, check_smart, find_gaps, say_months
from aim.tasking.stages import check_move, moves_open_to, read_stages

__all__ = [
    "Colour",
    "Gap",
    "Rating",
    "check_decisions",
    "check_move",
    "check_smart",
    "find_gaps",
    "latest_choices",
    "months_after",
    "moves_open_to",
    "rate_action",
    "read_stages",
    "say_months",
    "say_outcome",
]
