"""Packs from the keyboard, and the page that says how."""

import re
import shlex
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs/how-to/monday-pack.md"
BEGINS = {".pdf": b"%PDF-", ".docx": b"PK", ".xlsx": b"PK", ".pptx": b"PK"}


def commands_in(page):
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        yield from (shlex.split(line)[1:] for line in block.splitlines())


@pytest.mark.slow
def test_the_commands_of_the_page_work_as_written(aim, loaded):
    written = []
    for words in commands_in(PAGE):
        said = aim(*words)
        assert said.code == 0, said.err
        written += [Path(words[-1])] if "--out" in words else []
    assert [one.suffix for one in written] == [".pdf", ".docx", ".xlsx", ".pptx", ".docx"]
    for one in written:
        assert one.read_bytes().startswith(BEGINS[one.suffix])


def test_one_of_a_group_and_a_meeting_is_asked_for(aim, loaded):
    assert aim("pack").code == 2
    assert aim("pack", "g", "--meeting", "m").code == 2
    assert "no group 'g'" in aim("pack", "g", "--out", "a.pdf").err
    assert "no meeting 'm'" in aim("meeting", "log", "m", "--out", "a.docx").err
    assert not Path("a.pdf").exists()


@pytest.mark.parametrize("ending", ["odt", "txt"])
def test_a_format_nobody_writes_is_refused_with_those_there_are(aim, loaded, ending):
    said = aim("pack", "g", "--out", f"a.{ending}")
    assert said.code == 1
    assert "pdf, docx, xlsx, pptx" in said.err
