"""`make bench`: what journeyflow costs, and how much of the truth it finds.

Prints a table and writes benchmarks/results.json. Figures are of this machine and this moment;
compare ratios within one run rather than seconds between runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.events import DAYS, write_nights, write_project
from benchmarks.plain import plain_components
from benchmarks.reading import reading
from journeyflow.nightshift.journal import LOG
from journeyflow.project import load_project
from journeyflow.settings_analyses import ANALYSES
from journeyflow.simulate import simulate
from journeyflow.simulate.agreement import agreement
from journeyflow.warehouse.database import MEMORY_VARIABLE, warehouse_dir
from journeyflow.warehouse.models import left_out
from journeyflow.warehouse.plan import made_from, make_plan

RESULTS = Path(__file__).parent / "results.json"
CHILD = """
import json, resource, shutil, sys
import journeyflow as jf

def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

def peak():
    # Linux hands down to a child what its parent had used; the status of the process does not.
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def copyfile(*names):
    before = cpu()
    copied = copy(*names)
    spent.append(cpu() - before)
    return copied

copy, shutil.copyfile, spent = shutil.copyfile, copyfile, []
run = jf.run(sys.argv[1], bool(sys.argv[2:]))
told = {
    "run": run.run_id, "store": str(run.store), "cpu": cpu(), "copy": sum(spent), "peak": peak()
}
print(json.dumps(told))
"""
# What the first question of an analyst needs: how long until these can be looked at.
PATHS = ("persons", "sessions", "journeys", "steps", "transitions")
LONG = ("personas", "weakest_links")
LIMIT = "2GB"


def measured_run(directory: Path, *options: str, limit: str | None = None) -> dict[str, Any]:
    """Run a project in a process of its own; seconds and CPU, peak memory in MB, and the store.

    Any option makes it a full refresh; `limit` is what DuckDB may use. `paths_s`: what the tables
    of paths took, with all that they are made from, but not the reading; `analyses_s`: what
    analyses took besides the two that look for long, which stand alone; `copy_s`: publishing;
    `copy_cpu_s`: what of the CPU went into copying the store.
    """
    environment = os.environ | ({MEMORY_VARIABLE: limit} if limit else {})
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(directory), *options],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    wall = time.perf_counter() - started
    told = json.loads(done.stdout.splitlines()[-1])
    seconds = _seconds(directory, told["run"])
    plan = make_plan(load_project(directory))
    made = [step for step in plan if step.name in PATHS]
    wanted = {each.name for step in made for each in (step, *made_from(plan, step))}
    taken = [seconds[each.name] for each in plan if each.name in wanted and each.group != "sources"]
    alone = left_out(frozenset(table for tables in ANALYSES.values() for table in tables))
    analyses = [each.name for each in plan if each.group == "analysis" or each.name in alone]
    return {
        "wall_s": round(wall, 1),
        "cpu_s": round(told["cpu"], 1),
        "paths_s": round(sum(taken), 1),
        "analyses_s": round(sum(seconds[each] for each in analyses if each not in LONG), 1),
        **{f"{each}_s": round(seconds[each], 1) for each in LONG},
        "copy_s": round(seconds["publish"], 1),
        "copy_cpu_s": round(told["copy"], 1),
        "peak_mb": round(told["peak"] / (1 << 20 if sys.platform == "darwin" else 1 << 10)),
        "store": told["store"],
    }


def _seconds(directory: Path, run_id: str) -> dict[str, float]:
    """What each step of a run took, by its log."""
    lines = (warehouse_dir(directory) / LOG).read_text(encoding="utf-8")
    told = [json.loads(line) for line in lines.splitlines()]
    return {
        each["step"]: each["seconds"]
        for each in told
        if each.get("run_id") == run_id and "seconds" in each
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
    limited = measured_run(folder, "full", limit=LIMIT)
    return {
        "events": events,
        **first,
        "empty_night_wall_s": again["wall_s"],
        f"refresh with {LIMIT}: wall_s": limited["wall_s"],
        f"refresh with {LIMIT}: peak_mb": limited["peak_mb"],
    }


def nights(folder: Path, events: int) -> dict[str, Any]:
    """A night that brings one day of ninety, against making everything, and against twice as much.

    Twice the history is of the same persons, over 180 days. Publishing copies the whole store: that
    is part of every figure but the ratios, and `copy_cpu_s` says how much.
    """
    taken = {}
    for times in (1, 2):
        place = folder / str(times)
        files = write_nights(place, times * events, events // 16, times * DAYS)
        last = files[-1]
        brought = last.read_bytes()
        last.unlink()
        taken["first", times] = measured_run(place)
        if times == 1:
            taken["refresh", times] = measured_run(place, "full")
        last.write_bytes(brought)
        taken["night", times] = measured_run(place)
    first, refresh, night = (taken[name, 1] for name in ("first", "refresh", "night"))
    return {
        "events": events,
        **{
            f"{name}_{what}": told[what]
            for name, told in (("first", first), ("refresh", refresh), ("night", night))
            for what in ("wall_s", "cpu_s", "copy_cpu_s", "paths_s", "peak_mb")
        },
        "first run : night (cpu)": _ratio(first, night),
        "full refresh : night (cpu)": _ratio(refresh, night),
        "twice the history (cpu)": _ratio(taken["night", 2], night),
    }


def _ratio(one: dict[str, Any], other: dict[str, Any]) -> float:
    """How much more CPU one run took than another, but for copying the store."""
    spent = [each["cpu_s"] - each["copy_cpu_s"] for each in (one, other)]
    return round(spent[0] / spent[1], 2)


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
            "reading": reading(Path(folder, "reading"), arguments.events),
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
