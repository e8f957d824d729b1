"""The fault maker makes faults, and only where one can be seen."""

import ast
import runpy
from pathlib import Path

import pytest

CHECK = runpy.run_path(str(Path(__file__).with_name("check.py")))


def edits_of(source: str) -> list[str]:
    raw = source.encode()
    finder = CHECK["Finder"]("aim/feeds/x.py", raw)
    finder.visit(ast.parse(raw))
    return [raw[: one.start].decode() + one.text + raw[one.end :].decode() for one in finder.edits]


def test_a_comparison_is_flipped_and_shifted():
    assert edits_of("a < 3") == ["a >= 3", "a <= 3"]
    assert edits_of("a < b") == ["a >= b"]


def test_a_row_is_dropped_from_a_frame_only():
    frame = "def f(x) -> pd.DataFrame:\n    return x"
    assert edits_of(frame) == ["def f(x) -> pd.DataFrame:\n    return (x).iloc[1:]"]
    assert not edits_of("def f(x) -> int:\n    return x")


def test_bounds_and_sums_are_shifted_by_one():
    assert edits_of("x[1:]") == ["x[2:]"]
    assert edits_of("y = x - 1") == ["y = x - 2"]


def test_text_outside_ascii_does_not_move_an_edit():
    assert edits_of("é = 'ü'; a == b") == ["é = 'ü'; a != b"]


def test_messages_are_left_alone():
    assert not edits_of("raise ValueError(a < b)")
    assert not edits_of("f'{a < b}'")


@pytest.mark.parametrize("room", CHECK["SHARE"])
def test_every_edit_of_a_room_still_compiles(room):
    edits = CHECK["edits_of"](room)
    assert edits
    for edit in edits:
        whole = (CHECK["ROOT"] / edit.path).read_bytes()
        compile(whole[: edit.start] + edit.text.encode() + whole[edit.end :], edit.path, "exec")


def test_a_seed_chooses_the_same_edits_each_time():
    chosen = CHECK["choose"](20, 7)
    assert chosen == CHECK["choose"](20, 7)
    assert len({(edit.path, edit.line) for edit in chosen}) == 20
