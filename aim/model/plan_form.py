"""The form of a plan's document: the heads and labels it is written with and read by."""

from aim.model.plans import QUARTERS, YEARS

NOT_SUPPLIED = "Not supplied"
LEAD = "Task and finish group"
SUMMARY, EVIDENCE = "A. Summary", "B. Analysis and evidence"
EXISTING, PROPOSED = "C. Existing work", "D. Proposed actions"
PEERS, ACTIONS, NOTES = "E. Peer assessment", "Actions", "How this plan was made"
BARRIERS, GAPS = "Barriers", "Gaps"
SUPPLIED, MILESTONES, RISKS = "Supplied by partners", "Local indicators by quarter", "Risks"

# Who a plan is of, and what it is judged by: field by field, the label of its row.
HEAD_LABELS = {
    "purpose": "What it is for",
    "lead_agency": "Lead agency",
    "chair": "Chair",
    "partners": "Partners",
    "members": "Members",
    "wards": "Wards",
    "start": "Starts",
    "finish": "Finishes",
    "reviews": "Reviews on",
}
SUMMARY_LABELS = {
    "indicator": "Indicator",
    "types": "Reports counted",
    "first_year": "First year of the targets",
}
TARGET_ROWS = ("Baseline", *(f"Target of year {at + 1}" for at in range(YEARS)))

TARGET_HEADS = ("What", "Year", "Reports", "Per 1,000 residents")
PROFILE_HEADS = ("About", "What", "Number", "Source")
EXISTING_HEADS = ("What is done", "What pays for it", "What shows its effect")
ACTION_HEADS = ("Ref", "Action", "Why it should work", "Lead", "What pays for it")
MILESTONE_HEADS = ("Indicator", "Year", *(f"Q{at + 1}" for at in range(QUARTERS)))
RISK_HEADS = ("Risk", "What is done about it", "Who")
PEER_HEADS = ("Criterion", "What was seen", "Finding")
