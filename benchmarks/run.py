"""Measure the cases and write docs/benchmarks.md.

python -m benchmarks.run                    all cases; takes a while
python -m benchmarks.run --case ward_join   one case, the other tables stay
python -m benchmarks.run --quick            small inputs, to see that all cases run
"""

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.harness import Measured, measure_peers
from benchmarks.report import say_machine, say_target, write_page, write_table

CASES = ["dbscan", "ward_join", "ingest", "map_page", "gi_star", "knox", "monte_carlo"]


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen cases; 1 if a quick run met a failure or a different answer."""
    chosen = _arguments(arguments)
    sections, sound = {}, True
    with tempfile.TemporaryDirectory() as folder:
        for case in chosen.case or CASES:
            section, whole = _run_case(case, Path(folder), quick=chosen.quick, rounds=chosen.rounds)
            sections[case] = section
            sound = sound and whole
            if not chosen.quick:
                write_page(sections, CASES)
    return 0 if sound or not chosen.quick else 1


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--case", action="append", choices=CASES, help="one case; repeatable")
    parser.add_argument("--quick", action="store_true", help="small inputs, nothing is written")
    parser.add_argument("--rounds", type=int, default=3, help="processes for each peer (3)")
    return parser.parse_args(arguments)


def _run_case(name: str, folder: Path, *, quick: bool, rounds: int) -> tuple[str, bool]:
    """Return a case's section of the page, and whether every peer answered, all alike."""
    case = import_module(f"benchmarks.{name}")
    parts = [f"## {case.TITLE}\n\n{case.ABOUT}\n\nMeasured on {say_machine()}\n"]
    targets, sound = [], True
    for setting in case.settings(quick=quick):
        case.make_input(setting, folder)
        measured = measure_peers(name, setting, case.peers(), folder, 1 if quick else rounds)
        table = f"### {case.name(setting)}\n\n{write_table(measured, case.BASE)}\n"
        print(table, flush=True)
        parts.append(table)
        targets += _targets(case, setting, {peer.peer: peer for peer in measured})
        sound = sound and not any(peer.failure for peer in measured)
        sound = sound and len({peer.answer for peer in measured}) == 1
    if targets and not quick:
        print("\n".join(targets), flush=True)
        parts.append("### Targets\n\n" + "\n".join(targets) + "\n")
    return "\n".join(parts), sound


def _targets(case: ModuleType, setting: dict[str, Any], measured: dict[str, Measured]) -> list[str]:
    """Set the base, or ours that a target names, beside each peer it names; and its memory."""
    lines = []
    for peer, at_least, *ours in case.targets(setting, measured):
        base = ours[0] if ours else case.BASE
        ratio = None if measured[peer].failure else _times(measured[peer], measured[base])
        whose = f"{base} faster than {peer}" if ours else f"faster than {peer}"
        lines.append(say_target(ratio, at_least, f"{case.name(setting)}, {whose}"))
    most_mib = setting.get("most_mib")
    grown = None if measured[case.BASE].failure else measured[case.BASE].growth_mib
    if most_mib is not None and grown is not None:
        met = "met" if grown < most_mib else "**missed**"
        lines.append(f"- {met}: {case.name(setting)}, under {most_mib} MiB; found {grown:.0f}")
    return lines


def _times(peer: Measured, base: Measured) -> float:
    return 0.0 if base.failure else peer.seconds / base.seconds


if __name__ == "__main__":
    sys.exit(main())
