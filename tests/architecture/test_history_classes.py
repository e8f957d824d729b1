"""The page on history classes is the table the program reads."""

import re

from aim.analysis.classes import HISTORY_RULES

SAID = {
    "last": {True: "hot", False: "not hot"},
    "past": {
        "once": "the last one alone",
        "run": "one unbroken run to the end",
        "broken": "on and off",
    },
    "mostly": {True: "yes", False: "no"},
    "cold": {True: "yes", False: "no"},
    "trend": {"up": "up", "none": "none", "down": "down"},
}


def test_the_page_says_every_rule_as_it_stands(checkout):
    page = (checkout / "docs" / "history-classes.md").read_text(encoding="utf-8")
    written = re.findall(r"^\| `(\w+)` \|(.*)\|$", page, re.MULTILINE)
    rows = {name: [cell.strip() for cell in cells.split("|")] for name, cells in written}
    wanted = {
        name.value: [SAID[fact][rule[fact]] if fact in rule else "" for fact in SAID]
        for name, rule in HISTORY_RULES.items()
    }
    assert rows == wanted
