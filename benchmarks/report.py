"""Write what was measured as the tables of docs/benchmarks.md."""

import hashlib
import os
import platform
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.harness import MEMORY_LIMIT_GIB, Measured

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "shapely", "geopandas", "pandas", "folium")
_SECTION = re.compile(r"<!-- case: (\w+) -->\n(.*?)(?=<!-- case: |\Z)", re.DOTALL)


def digest(answer: npt.NDArray[np.int64]) -> str:
    """Return a short text that two equal answers share and two different ones do not."""
    return hashlib.sha256(np.ascontiguousarray(answer, "<i8").tobytes()).hexdigest()[:16]


def write_table(measured: list[Measured], base: str) -> str:
    """Return one setting's table: each peer beside the base.

    Time and size are set in proportion to the base; an answer that differs from the base's is
    said to.
    """
    by_peer = {peer.peer: peer for peer in measured}
    sized = any(peer.size for peer in measured if not peer.failure)
    heads = ["peer", "time", "times base", *(["size", "times base"] if sized else _MEMORY_HEADS)]
    lines = [_row(heads), _row(["---", *["---:"] * (len(heads) - 1)])]
    lines += [_row(_cells(peer, by_peer[base], sized=sized)) for peer in measured]
    return "\n".join(lines)


_MEMORY_HEADS = ["memory growth", "answer"]


def _cells(peer: Measured, base: Measured, *, sized: bool) -> list[str]:
    if peer.failure:
        return [peer.peer, peer.failure, "", "", ""]
    times = [say_seconds(peer.seconds), _ratio(peer.seconds, base, "seconds")]
    if sized:
        return [peer.peer, *times, _say_bytes(peer.size or 0), _ratio(peer.size or 0, base, "size")]
    grown = "" if peer.growth_mib is None else f"{peer.growth_mib:,.0f} MiB"
    return [peer.peer, *times, grown, _same(peer, base)]


def _same(peer: Measured, base: Measured) -> str:
    if base.failure:
        return ""
    return "the same" if peer.answer == base.answer else "**differs**"


def _ratio(value: float, base: Measured, attribute: str) -> str:
    if base.failure:
        return ""
    ratio = value / getattr(base, attribute)
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def say_seconds(seconds: float) -> str:
    """Return seconds as people read them.

    Examples
    --------
    >>> say_seconds(0.0123), say_seconds(12.34)
    ('12.3 ms', '12.34 s')
    """
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _say_bytes(size: int) -> str:
    return f"{size / 1000:,.1f} kB"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def say_target(ratio: float | None, at_least: float, text: str) -> str:
    """Return one line on whether a target was met; ``None`` stands for a peer with no answer."""
    if ratio is None:
        return f"- met: {text}, at least {at_least:g} times; the peer gave no answer"
    met = "met" if ratio >= at_least else "**missed**"
    return f"- {met}: {text}, at least {at_least:g} times; found {ratio:.1f}"


def write_page(sections: dict[str, str], order: list[str]) -> None:
    """Write the page; the sections of cases not run this time stay as they stand."""
    kept = {}
    if PAGE.exists():
        kept = dict(_SECTION.findall(PAGE.read_text(encoding="utf-8")))
    together = {**kept, **sections}
    parts = [
        f"<!-- case: {case} -->\n{together[case].strip()}\n" for case in order if case in together
    ]
    PAGE.write_text("\n".join([_HEAD, *parts]), encoding="utf-8", newline="\n")


def say_machine() -> str:
    """Describe the machine and the libraries, naming neither owner nor place."""
    libraries = ", ".join(f"{library} {version(library)}" for library in _LIBRARIES)
    return (
        f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores;"
        f" Python {platform.python_version()}, {libraries}."
    )


_HEAD = f"""# Benchmarks

Written by `make bench` (`python -m benchmarks.run`); do not edit by hand. Each peer runs in a
process of its own, in turn with the others, under a memory limit of {MEMORY_LIMIT_GIB} GiB of
address space; figures are medians. "did not fit" is a result. Read the proportions: seconds depend
on the machine and on what else it was doing. All data are invented, from seeded generators in
`benchmarks/`; the same seed gives the same points.

The limit and the growth of memory need Linux; on macOS and Windows the times are measured alone.
"""
