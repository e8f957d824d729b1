"""Places, groups and actions from the keyboard."""

import re


def key_in(said):
    return re.search(r"[0-9a-f]{10}", said.out)[0]


def test_an_action_goes_from_draft_to_done(aim, loaded):
    site = aim("site", "add", "Riverside steps", "--ward", "Abbey")
    assert site.out.startswith("place:")
    assert "raised by people" in aim("site", "list").out
    group = key_in(aim("group", "add", "Nights", "Fewer reports at night", "--ward", "Abbey"))
    assert "Nights" in aim("group", "list").out
    place = site.out.split()[0]
    added = aim("action", "add", "Mend the lights", "--place", place, "--group", group)
    assert added.code == 0
    key = key_in(added)
    refused = aim("action", "move", key, "agreed")
    assert refused.code == 1
    for part in ("Specific", "Measurable", "Achievable", "Relevant", "Time-bound"):
        assert part in refused.err
    changed = aim(
        *("action", "change", key, "--partner", "council", "--partner", "fire", "--cost", "0"),
        *("--type", "environmental", "--title", "Mend both lights"),
    )
    assert changed.code == 0, changed.err
    shown = aim("action", "show", key).out
    assert "Mend both lights: draft, not agreed yet" in shown
    assert "With whom: council, fire" in shown
    assert "Missing (Achievable): Say who answers for it." in shown
    assert aim("action", "comment", key, "Parts are ordered").out == "Kept.\n"
    assert "under way" in aim("action", "update", key, "--progress", "10").err
    assert "dropped" in aim("action", "move", key, "dropped", "--told", "Not needed").out
    listed = aim("action", "list").out
    assert "Mend both lights" in listed
    assert "Riverside steps" in listed
    assert aim("action", "list", "--mine").out == "No action yet.\n"


def test_what_is_not_there_is_said(aim, loaded):
    assert "no action" in aim("action", "show", "nothing").err
    assert "is one of" in aim("action", "move", key_in(aim("action", "add", "A")), "over").err
    assert aim("site", "list").out == "No place yet.\n"
    assert aim("group", "list").out == "No group yet.\n"


def test_a_meeting_decides_of_a_place(aim, loaded):
    assert "aim hotspots --save" in aim("meeting", "add", "2026-05-04").err
    assert aim("hotspots", "--min-samples", "5", "--save").code == 0
    held = aim("meeting", "add", "2026-05-04", "--agency", "council")
    assert "over run r0001" in held.out
    key = key_in(held)
    (hotspot,) = re.findall(r"\(([0-9a-f]{16})\)", aim("meeting", "show", key).out)
    assert aim("meeting", "decide", key, hotspot, "in hand").out == "Kept.\n"
    assert "In hand" in aim("meeting", "show", key).out
    assert key in aim("meeting", "list").out
