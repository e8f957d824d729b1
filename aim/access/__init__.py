"""The doorkeeper: who may do what, how far they see, and what is written down about it."""

from aim.access.agreements import (
    not_to_be_taken_away,
    require_agreements,
    require_reason,
    withheld_from,
)
from aim.access.policy import (
    LOCAL_ANALYST,
    figure_wards_of,
    is_allowed,
    reach_of,
    require,
    sees_figures_only,
    sees_statistics,
    task_reach_of,
)
from aim.access.redaction import hide_sensitive_places, hide_sensitive_words
from aim.access.retention import keeps_from
from aim.access.trail import audit_entry, sign_in_entry

__all__ = [
    "LOCAL_ANALYST",
    "audit_entry",
    "figure_wards_of",
    "hide_sensitive_places",
    "hide_sensitive_words",
    "is_allowed",
    "keeps_from",
    "not_to_be_taken_away",
    "reach_of",
    "require",
    "require_agreements",
    "require_reason",
    "sees_figures_only",
    "sees_statistics",
    "sign_in_entry",
    "task_reach_of",
    "withheld_from",
]
