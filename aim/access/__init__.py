"""The doorkeeper: who may do what, how far they see, and what is written down about it."""

from aim.access.policy import (
    LOCAL_ANALYST,
    figure_wards_of,
    is_allowed,
    reach_of,
    require,
    sees_figures_only,
)
from aim.access.redaction import hide_sensitive_places
from aim.access.trail import audit_entry, sign_in_entry

__all__ = [
    "LOCAL_ANALYST",
    "audit_entry",
    "figure_wards_of",
    "hide_sensitive_places",
    "is_allowed",
    "reach_of",
    "require",
    "sees_figures_only",
    "sign_in_entry",
]
