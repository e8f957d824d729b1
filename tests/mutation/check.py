"""Do the tests notice a fault? Twenty seeded edits, each in a copy of the tree, one at a time.

Three kinds of edit in `aim/analysis`, `aim/feeds` and `aim/access`: a flipped comparison, a dropped
row, an off-by-one. An edit is caught when the fast tests of its room fail; at least nine of ten
must be. `python tests/mutation/check.py --list` shows every place an edit could go.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("aim", "tests", "sample_data", "layers", "pyproject.toml", "README.md")
SHARE = {"analysis": 9, "feeds": 8, "access": 3}
# Quick tests first: most faults fall there.
TESTS = {
    "analysis": (
        "tests/unit/analysis",
        "aim/analysis",
        "tests/property/test_hotspots*.py",
        "tests/property/test_dbscan*.py",
    ),
    "feeds": (
        "tests/unit/feeds",
        "aim/feeds",
        "tests/contract/test_feeds*.py",
        "tests/property/test_feeds*.py",
    ),
    "access": (
        "tests/unit/access",
        "aim/access",
        "tests/property/test_disclosure*.py",
        "tests/attack/test_attack.py",
    ),
}
# Edits that change no answer, only the road to it: file, a piece of the line, why.
EQUIVALENT: tuple[tuple[str, str, str], ...] = ()

SIGNS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
}
FLIPPED = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "not in": "in",
}
SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
FRAMES = ("DataFrame", "Series")
NOTHING_RAN = 5  # pytest's word where every test of the files is left out
# Nothing below these decides an answer.
SILENT = (ast.Raise, ast.JoinedStr, ast.Assert, ast.AnnAssign)


class Edit(NamedTuple):
    """One fault: bytes `start` to `end` of a file become `text`."""

    path: str
    line: int
    kind: str
    start: int
    end: int
    text: str
    shown: str

    @property
    def room(self) -> str:
        return self.path.split("/")[1]

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.kind}: {self.shown}"


class Finder(ast.NodeVisitor):
    """Collect every edit that fits a file."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.edits: list[Edit] = []
        self.returns: list[str] = []

    def visit(self, node: ast.AST) -> None:
        if not isinstance(node, SILENT):
            super().visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.returns.append(ast.unparse(node.returns) if node.returns else "")
        for statement in node.body:
            self.visit(statement)
        self.returns.pop()

    def visit_Return(self, node: ast.Return) -> None:
        answer = self.returns[-1].rsplit(".", 1)[-1] if self.returns else ""
        if node.value is not None and answer.endswith(FRAMES) and not made_empty(node.value):
            start, end = self.span(node.value)
            text = f"({self.source[start:end].decode()}).iloc[1:]"
            self.add("dropped row", start, end, text)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            start, end = self.span(left)[1], self.span(right)[0]
            between = self.source[start:end].decode()
            sign = SIGNS.get(type(operator), "")
            for kind, table in (("flipped comparison", FLIPPED), ("off by one", SHIFTED)):
                word = table.get(sign)
                counted = kind != "off by one" or a_count(left) or a_count(right)
                if word and counted and sign in between:
                    self.add(kind, start, end, between.replace(sign, word, 1))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add | ast.Sub) and whole_number(node.right):
            self.shift(node.right)
        self.generic_visit(node)

    def visit_Slice(self, node: ast.Slice) -> None:
        for bound in (node.lower, node.upper):
            if bound is not None and whole_number(bound):
                self.shift(bound)
        self.generic_visit(node)

    def shift(self, node: ast.expr) -> None:
        start, end = self.span(node)
        self.add("off by one", start, end, str(ast.literal_eval(node) + 1))

    def span(self, node: ast.expr) -> tuple[int, int]:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[end_line - 1] + end_column,
        )

    def add(self, kind: str, start: int, end: int, text: str) -> None:
        line = self.source[: start + 1].count(b"\n") + 1
        whole = self.source.splitlines()[line - 1].decode().strip()
        shown = f"{whole}   [{self.source[start:end].decode().strip()} -> {text.strip()}]"
        same = any(file == self.path and piece in whole for file, piece, _ in EQUIVALENT)
        if not same:
            self.edits.append(Edit(self.path, line, kind, start, end, text, shown))


def whole_number(node: ast.expr) -> bool:
    """Tell whether a node is a whole number as written."""
    return isinstance(node, ast.Constant) and type(node.value) is int


def a_count(node: ast.expr) -> bool:
    """Tell whether a node counts things; a bound on metres may be met exactly by no point."""
    return whole_number(node) or ast.unparse(node).startswith("len(")


def made_empty(node: ast.expr) -> bool:
    """Tell whether a frame is made with no row, so that none can be dropped."""
    return "empty" in ast.unparse(node).split("(")[0]


def edits_of(room: str) -> list[Edit]:
    """Return every edit that could be made in a room, in order."""
    found = []
    for path in sorted((ROOT / "aim" / room).rglob("*.py")):
        source = path.read_bytes()
        finder = Finder(path.relative_to(ROOT).as_posix(), source)
        finder.visit(ast.parse(source))
        found += finder.edits
    return found


def choose(count: int, seed: int) -> list[Edit]:
    """Choose edits: each room its share, or all it has and the others more; kinds in turn."""
    rng = random.Random(seed)
    offered = {room: list(in_turn(edits_of(room), rng)) for room in SHARE}
    shares = {room: round(share * count / sum(SHARE.values())) for room, share in SHARE.items()}
    chosen = [edit for room, edits in offered.items() for edit in edits[: shares[room]]]
    rest = [edit for room, edits in offered.items() for edit in edits[shares[room] :]]
    rng.shuffle(rest)
    return [*chosen, *rest][:count]


def in_turn(edits: list[Edit], rng: random.Random) -> Iterator[Edit]:
    """Yield edits, shuffled, one of each kind in turn while the kinds last."""
    by_kind = {kind: [one for one in edits if one.kind == kind] for kind in sorted({*kinds(edits)})}
    for several in by_kind.values():
        rng.shuffle(several)
    seen: set[tuple[str, int]] = set()
    while any(by_kind.values()):
        for several in by_kind.values():
            while several and (several[-1].path, several[-1].line) in seen:
                several.pop()
            if several:
                edit = several.pop()
                seen.add((edit.path, edit.line))
                yield edit


def kinds(edits: list[Edit]) -> list[str]:
    """Return the kind of each edit."""
    return [edit.kind for edit in edits]


def copy_tree(folder: Path) -> Path:
    """Copy what the tests need, and with it what was compiled before."""
    unwanted = shutil.ignore_patterns("*.db", "*.db-*")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=unwanted)
        else:
            shutil.copy2(source, folder / name)
    return folder


def tests_of(folder: Path, room: str, edited: str) -> tuple[list[Path], list[Path]]:
    """Return a room's test files: those named after the edited module, and the others."""
    names = {part.removesuffix(".py").strip("_") for part in edited.split("/")[2:]} - {""}
    found = []
    for pattern in TESTS[room]:
        for path in sorted(folder.glob(pattern)):
            found += sorted(path.glob("test_*.py")) if path.match("tests/unit/*") else [path]
    own = [path for path in found if any(name in path.stem for name in names)]
    return own, [path for path in found if path not in own]


def run_tests(folder: Path, room: str, seconds: float, edited: str = "") -> str:
    """Run a room's fast tests in a copy; return what failed, nothing when they pass.

    Most faults fall to the module's own tests: the others are read only where they do not.
    """
    several = [files for files in tests_of(folder, room, edited) if files]
    return next((said for files in several if (said := run_files(folder, files, seconds))), "")


def run_files(folder: Path, files: list[Path], seconds: float) -> str:
    """Run tests in a copy; those that do not end in time count as failing."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=line"]
    command += ["-p", "no:cacheprovider", "--hypothesis-profile=faults"]
    command += ["-m", "not slow and not e2e and not real_data", *map(str, files)]
    surroundings = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    surroundings.pop("AIM_TEST_DATA", None)
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=surroundings,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done after {seconds:.0f} seconds"
    passed = done.returncode in {0, NOTHING_RAN}
    return "" if passed else done.stdout[-2000:] + done.stderr[-2000:]


def caught(edit: Edit, folder: Path, seconds: float) -> bool:
    """Make one edit in a copy, run the tests, take the edit back."""
    target = folder / edit.path
    whole, stood = target.read_bytes(), target.stat()
    target.write_bytes(whole[: edit.start] + edit.text.encode() + whole[edit.end :])
    try:
        return bool(run_tests(folder, edit.room, seconds, edit.path))
    finally:
        target.write_bytes(whole)
        os.utime(target, ns=(stood.st_atime_ns, stood.st_mtime_ns))  # what was compiled fits again


@contextmanager
def copies_of(workers: int) -> Iterator[Callable[..., list[Any]]]:
    """Give a way to do something for each of many, several at once, each in a copy of its own."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        copies: Queue[Path] = Queue()
        for number in range(workers):
            copies.put(copy_tree(Path(folder, str(number))))

        def in_a_copy(work: Callable[[Any, Path], Any], one: Any) -> Any:
            copy = copies.get()
            try:
                return work(one, copy)
            finally:
                copies.put(copy)

        yield lambda work, several: list(pool.map(partial(in_a_copy, work), several))


def attempt(edit: Edit, copy: Path, *, seconds: float) -> bool:
    """Try one edit and say what came of it."""
    began = time.monotonic()
    found = caught(edit, copy, seconds)
    print(
        f"{'caught' if found else 'MISSED':7}{time.monotonic() - began:5.0f} s  {edit}", flush=True
    )
    return found


def passes(room: str, copy: Path, *, seconds: float) -> bool:
    """Tell whether a room's tests pass without a fault; otherwise nothing could be learnt."""
    said = run_tests(copy, room, seconds)
    if said:
        print(f"The tests of {room} fail without any fault; mend them first.\n{said}")
    return not said


def main() -> int:
    """Run the check; exit code 0 when nine of ten are caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--room", choices=SHARE)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=300, help="the most one run may take")
    parser.add_argument("--list", action="store_true", help="show every place and stop")
    asked = parser.parse_args()
    if asked.list:
        everything = [edit for room in SHARE for edit in edits_of(room)]
        print(*everything, *Counter(kinds(everything)).items(), sep="\n")
        return 0
    edits = [one for one in choose(asked.count, asked.seed) if asked.room in {None, one.room}]
    rooms = sorted({edit.room for edit in edits})
    with copies_of(asked.workers) as each:
        if not all(each(partial(passes, seconds=asked.seconds), rooms)):
            return 1
        found = each(partial(attempt, seconds=asked.seconds), edits)
    print(f"{sum(found)} of {len(found)} faults caught (seed {asked.seed}).")
    return 0 if sum(found) >= 0.9 * len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
