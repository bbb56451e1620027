"""`make bench`: what journeyflow costs, and how much of the truth it finds.

Prints a table and writes benchmarks/results.json. Figures are of this machine and this moment;
compare ratios within one run rather than seconds between runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.events import DAYS, write_nights, write_project
from benchmarks.plain import plain_components
from journeyflow.simulate import simulate
from journeyflow.simulate.agreement import agreement

RESULTS = Path(__file__).parent / "results.json"
CHILD = "import sys, journeyflow as jf; print(jf.run(sys.argv[1], bool(sys.argv[2:])).store)"


def measured_run(directory: Path, *options: str) -> dict[str, Any]:
    """Run a project in a process of its own; wall and CPU seconds, peak memory in MB.

    Any option makes it a full refresh.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(directory), *options],
        check=True,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return {
        "wall_s": round(wall, 1),
        "cpu_s": round(cpu, 1),
        # The largest child so far; the larger run comes last.
        "peak_mb": round(after.ru_maxrss / scale),
        "store": done.stdout.splitlines()[-1],
    }


def default_company(folder: Path) -> dict[str, Any]:
    """The default company: what it costs to invent and to run, and what is found of the truth."""
    started = time.perf_counter()
    simulate(folder)
    invented = time.perf_counter() - started
    result = measured_run(folder)
    store = Path(result.pop("store"))
    found = agreement(folder, store)
    plain_precision, plain_recall = plain_components(folder, store)
    return {
        "simulate_s": round(invented, 1),
        **result,
        "true_journeys": found.journeys,
        "equal_share": round(found.share, 4),
        "pair_precision": round(found.precision, 4),
        "pair_recall": round(found.recall, 4),
        "plain components: precision": round(plain_precision, 4),
        "plain components: recall": round(plain_recall, 4),
    }


def many_events(folder: Path, events: int, visit: int) -> dict[str, Any]:
    """Many events in format `table`: a first run, and a night with nothing new."""
    write_project(folder, events, visit)
    first = measured_run(folder)
    again = measured_run(folder)
    first.pop("store")
    return {"events": events, **first, "empty_night_wall_s": again["wall_s"]}


def nights(folder: Path, events: int) -> dict[str, Any]:
    """A night that brings one day of ninety, against a full refresh and against twice the history.

    Twice the history is of the same persons, over 180 days. Publishing copies the whole store; the
    copy is part of every figure.
    """
    taken = {}
    for times in (1, 2):
        place = folder / str(times)
        files = write_nights(place, times * events, events // 16, times * DAYS)
        last = files[-1]
        brought = last.read_bytes()
        last.unlink()
        measured_run(place)
        if times == 1:
            taken["full refresh", times] = measured_run(place, "full")
        last.write_bytes(brought)
        taken["night", times] = measured_run(place)
    full, night, later = taken["full refresh", 1], taken["night", 1], taken["night", 2]
    return {
        "events": events,
        **{f"full_refresh_{name}": full[name] for name in ("wall_s", "cpu_s")},
        **{f"night_{name}": night[name] for name in ("wall_s", "cpu_s")},
        "full refresh : night (cpu)": round(full["cpu_s"] / night["cpu_s"], 2),
        "twice the history (cpu)": round(later["cpu_s"] / night["cpu_s"], 2),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    arguments = parser.parse_args()
    machine = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
    }
    with tempfile.TemporaryDirectory() as folder:
        results = {
            "machine": machine,
            "default company": default_company(Path(folder, "company")),
            "many events, four a visit": many_events(Path(folder, "four"), arguments.events, 4),
            "many events, one a visit": many_events(Path(folder, "one"), arguments.events, 1),
            "nights": nights(Path(folder, "nights"), arguments.events),
        }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    for title, figures in results.items():
        sys.stdout.write(f"{title}\n")
        for name, value in figures.items():
            sys.stdout.write(
                f"  {name:27} {value:>12,}\n"
                if isinstance(value, int | float)
                else f"  {name:27} {value:>12}\n"
            )


if __name__ == "__main__":
    main()
