"""Run each peer in a process of its own, under a memory limit, in turn with the others.

The limit and the growth of memory are measured by POSIX means. Elsewhere times are right, the
limit is off and the growth is not known.
"""

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MEMORY_LIMIT_GIB = 12
TIME_LIMIT_SECONDS = 900
# Runs longer than this are not repeated.
LONG_SECONDS = 15.0
DID_NOT_FIT = "did not fit"


@dataclass(frozen=True, slots=True)
class Run:
    """One process's result: median seconds, growth of memory, what it answered; or why not."""

    seconds: float = float("nan")
    growth_mib: float | None = None
    answer: str = ""
    size: int | None = None
    failure: str = ""


@dataclass(slots=True)
class Measured:
    """All runs of one peer in one setting."""

    peer: str
    runs: list[Run] = field(default_factory=list)

    @property
    def failure(self) -> str:
        """Return why the peer gave no answer; empty if it did."""
        return next((run.failure for run in self.runs if run.failure), "")

    @property
    def seconds(self) -> float:
        """Return the median of the runs."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def growth_mib(self) -> float | None:
        """Return the median growth of memory, if it was measured."""
        known = [run.growth_mib for run in self.runs if run.growth_mib is not None]
        return statistics.median(known) if known else None

    @property
    def answer(self) -> str:
        """Return the digest of the answer."""
        return self.runs[0].answer

    @property
    def size(self) -> int | None:
        """Return the size of the answer in bytes, where that is what counts."""
        return self.runs[0].size

    @property
    def finished(self) -> bool:
        """Tell whether more runs would be wasted."""
        return bool(self.failure) or bool(self.runs and self.runs[-1].seconds > LONG_SECONDS)


def measure_peers(
    case: str, setting: dict[str, Any], peers: list[str], folder: Path, rounds: int
) -> list[Measured]:
    """Run every peer ``rounds`` times, the peers in turn, and return what each needed."""
    measured = [Measured(peer) for peer in peers]
    for _ in range(rounds):
        for peer in measured:
            if not peer.finished:
                peer.runs.append(_run_apart(case, setting, peer.peer, folder))
    return measured


def _run_apart(case: str, setting: dict[str, Any], peer: str, folder: Path) -> Run:
    task = json.dumps({"case": case, "setting": setting, "peer": peer, "folder": str(folder)})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.child", task],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIME_LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Run(failure=f"over {TIME_LIMIT_SECONDS // 60} minutes")
    if done.returncode == 0:
        return Run(**json.loads(done.stdout.splitlines()[-1]))
    # The system ends a process that asks for memory there is not with signal 9.
    if "MemoryError" in done.stderr or "bad_alloc" in done.stderr or done.returncode == -9:
        return Run(failure=DID_NOT_FIT)
    last_words = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
    return Run(failure=last_words[:120])
