"""Plans and the library of responses from the keyboard."""

import re

import docx
import pytest


def key_in(said):
    return re.search(r"[0-9a-f]{10}", said.out)[0]


@pytest.mark.slow
def test_a_plan_is_kept_written_and_read_back(aim, loaded):
    group = key_in(aim("group", "add", "Nights", "Fewer reports at night", "--ward", "Abbey"))
    place = aim("site", "add", "Riverside steps", "--ward", "Abbey").out.split()[0]
    kept = aim(
        *("plan", "change", group, "--baseline", "12", "--target", "9", "--target", "8"),
        *("--type", "asb", "--gap", "No youth work", "--gap", "No lights", "--first-year", "2026"),
        *("--existing", "Walks | Council", "--risk", "Funds end", "--profile", "victims | young"),
    )
    assert kept.out.startswith(f"Plan of group {group} kept, version 1; gaps: ")
    begun = aim("plan", "record", group, "--place", place, "--objective", "Quiet nights")
    assert "Riverside steps kept, version 1" in begun.out
    record = key_in(begun)
    assert "version 2" in aim("plan", "record", group, "--record", record, "--scanning", "A").out
    shown = aim("plan", "show", group).out
    assert "What is missing: No youth work\n  No lights" in shown
    assert f"Record {record}: Riverside steps, 2 of 5 parts written" in shown
    assert "Missing: A: say the target of year 3." in shown
    assert aim("plan", "write", group, "--form", "delivery", "--out", "plan.docx").code == 0
    assert "there is a group of that name" in aim("plan", "read", "plan.docx").err
    looked = aim("plan", "read", "plan.docx", "--dry-run").out
    assert looked.startswith("Nothing is kept: Nights, with 0 actions and 0 records.")
    assert "Missing: C: say what shows the effect of 'Walks'." in looked


def test_a_template_of_ones_own_is_filled_or_refused(aim, loaded):
    group = key_in(aim("group", "add", "Nights", "Fewer reports at night"))
    document = docx.Document()
    document.add_paragraph("Plan of {{ name }}")
    document.save("own.docx")
    asked = ("plan", "write", group, "--template")
    assert aim(*asked, "own.docx", "--out", "made.docx").code == 0
    assert docx.Document("made.docx").paragraphs[0].text == "Plan of Nights"
    document.add_paragraph("{{ nmae }}")
    document.save("own.docx")
    refused = aim(*asked, "own.docx", "--out", "again.docx")
    assert refused.code == 1
    assert "asks for nmae; no plan has that" in refused.err
    assert "actions.title" in aim("plan", "placeholders").out


def test_wrong_words_are_said(aim, loaded):
    group = key_in(aim("group", "add", "Nights", "Fewer reports at night"))
    four = [word for aim_at in "4321" for word in ("--target", aim_at)]
    assert "3 in all" in aim("plan", "change", group, *four).err
    assert "`form` is one of" in aim("plan", "write", group, "--form", "long").err
    assert "cannot be opened" in aim("plan", "read", "no.docx").err
    assert aim("responses", "--type", "asb").out.startswith("Nothing was tried")
