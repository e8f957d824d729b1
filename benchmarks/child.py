"""One peer, one setting, one process: limit memory, warm up, run, print one line of JSON."""

import json
import statistics
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.harness import MEMORY_LIMIT_GIB

try:
    import resource
except ImportError:
    resource = None  # Windows has no such limits

# Short runs are repeated within the process for about this long.
_WORTH_SECONDS = 1.0
_MOST_REPEATS = 7
_STATUS = Path("/proc/self/status")
_RESET_PEAK = Path("/proc/self/clear_refs")


def main() -> None:
    """Run the task given as JSON."""
    task = json.loads(sys.argv[1])
    case = import_module(f"benchmarks.{task['case']}")
    job = case.prepare(task["peer"], task["setting"], Path(task["folder"]))
    _limit_memory()
    before = _start_of_growth()
    seconds, answer = _timed(job)
    growth = None if before is None else _peak_mib() - before
    while sum(seconds) < _WORTH_SECONDS and len(seconds) < _MOST_REPEATS:
        seconds += _timed(job)[0]
    told = case.describe(answer)
    print(json.dumps({"seconds": statistics.median(seconds), "growth_mib": growth, **told}))


def _timed(job: Any) -> tuple[list[float], Any]:
    start = time.perf_counter()
    answer = job()
    return [time.perf_counter() - start], answer


def _limit_memory() -> None:
    if resource is not None:
        limit = MEMORY_LIMIT_GIB << 30
        # macOS accepts the call and does not hold to it.
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _start_of_growth() -> float | None:
    """Forget the peak so far, where the system lets us, and return what is in use."""
    if not _STATUS.exists():
        return None
    try:
        _RESET_PEAK.write_text("5", encoding="ascii")
    except OSError:
        return _peak_mib()
    return _status_mib("VmRSS")


def _peak_mib() -> float:
    return _status_mib("VmHWM")


def _status_mib(name: str) -> float:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    main()
