"""The doorkeeper: who may do what, how far they see, and what is written down about it."""

from aim.access.policy import LOCAL_ANALYST, reach_of, require
from aim.access.redaction import hide_sensitive_places
from aim.access.trail import audit_entry

__all__ = ["LOCAL_ANALYST", "audit_entry", "hide_sensitive_places", "reach_of", "require"]
