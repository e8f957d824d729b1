"""THE PORCH: a partner's file comes in, incidents and rejected rows go out.

Personal columns are dropped and contact details masked here; nothing beyond this door has seen
them. A new source is one module with a ``FEED`` and one line in ``FEEDS``, or a package of your
own with an entry point in the group ``aim.feeds``; prove it with ``aim.testing.feeds.FeedSuite``.
"""

from aim.feeds._catalogue import FEEDS, feed_table, find_feed, read_feed
from aim.feeds._feed import TableFeed
from aim.feeds._guide import feed_guide
from aim.feeds._mapping import ColumnGuess, ColumnMapping, read_mapping
from aim.feeds._merge import merge_incidents
from aim.feeds._personal import mask_personal, mask_text
from aim.feeds._seam import Asked, Draft, Feed, FeedColumn, Identity, Progress, Shape
from aim.feeds._table import GUIDE_SHEETS
from aim.feeds.plan_documents import read_document, read_plan_document
from aim.feeds.police_uk import OUTCOMES_WORD, keep_outcomes
from aim.feeds.table import NAMES as MAPPED_NAMES
from aim.feeds.table import guess_table
from aim.feeds.tracks import MARGIN_M, Stay, Track, find_stays, read_track, share_stays
from aim.feeds.visits import VisitRow, VisitTable, read_visits, write_visit_template

__all__ = [
    "FEEDS",
    "GUIDE_SHEETS",
    "MAPPED_NAMES",
    "MARGIN_M",
    "OUTCOMES_WORD",
    "Asked",
    "ColumnGuess",
    "ColumnMapping",
    "Draft",
    "Feed",
    "FeedColumn",
    "Identity",
    "Progress",
    "Shape",
    "Stay",
    "TableFeed",
    "Track",
    "VisitRow",
    "VisitTable",
    "feed_guide",
    "feed_table",
    "find_feed",
    "find_stays",
    "guess_table",
    "keep_outcomes",
    "mask_personal",
    "mask_text",
    "merge_incidents",
    "read_document",
    "read_feed",
    "read_mapping",
    "read_plan_document",
    "read_track",
    "read_visits",
    "share_stays",
    "write_visit_template",
]
