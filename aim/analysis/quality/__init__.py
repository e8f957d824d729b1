"""How far each source is to be trusted: its rows, its silences, and what a comparison crosses."""

from aim.analysis.quality.channels import channel_of, find_channel_drops
from aim.analysis.quality.crossings import crosses
from aim.analysis.quality.default_points import (
    at_default_points,
    crowded_points,
    find_default_points,
)
from aim.analysis.quality.monthly import monthly_quality, say_quality
from aim.analysis.quality.outages import count_periods, find_outages
from aim.analysis.quality.vintages import count_area_codes, describe_vintages

__all__ = [
    "at_default_points",
    "channel_of",
    "count_area_codes",
    "count_periods",
    "crosses",
    "crowded_points",
    "describe_vintages",
    "find_channel_drops",
    "find_default_points",
    "find_outages",
    "monthly_quality",
    "say_quality",
]
