"""Who follows a run: writes down how each step went, and tells the analyst at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from journeyflow.check.masking import mask_text
from journeyflow.console import note
from journeyflow.machine import machine_fault
from journeyflow.nightshift import alerts
from journeyflow.nightshift.fetching import fetch
from journeyflow.nightshift.journal import ALERT, BEGUN, RUN, Journal
from journeyflow.project import Project
from journeyflow.store import open_store
from journeyflow.warehouse.run import Run, RunResult, open_run, result_of

START = "start"
OURS = "this is a fault of journeyflow: please report it with the trace that the run printed"


@dataclass(frozen=True)
class Failure:
    """What failed, the way out, and the exit code that goes with it."""

    message: str
    hint: str | None
    exit_code: int = 1


@dataclass
class Watch:
    """Follows one run of the project in `directory`, whoever walks its plan.

    `before`: whether the run begins with the analyst's own fetching. `progress` hears what is
    done, `tell` of alerts that reached nobody.
    """

    directory: Path
    journal: Journal
    before: bool
    progress: Callable[[str], None]
    tell: Callable[[str], None]
    failures: dict[str, Failure] = field(default_factory=dict)
    run: Run | None = None
    _noted: Exception | None = None
    _begun: bool = False

    @contextmanager
    def open(self, *, full_refresh: bool = False) -> Iterator[Run]:
        """Open the run that is followed, as `open_run` does, after the analyst's own fetching."""
        with ExitStack() as stack:
            with self.step(START):
                self.run = stack.enter_context(
                    open_run(
                        self.directory,
                        full_refresh=full_refresh,
                        progress=self.progress,
                        before=self._fetch,
                    )
                )
            yield self.run

    def _fetch(self, project: Project) -> None:
        # Written under the lock: a run that is killed from here on is known to have begun.
        if not self._begun:
            self._line(RUN, BEGUN)
            self._begun = True
        if self.before and project.schedule.before:
            self.progress(f"before: {project.schedule.before}")
            with self.step("before"):
                fetch(project)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Follow one step; one that is repeated with success has not failed.

        A fault that went through another step before is that one's.
        """
        began = perf_counter()
        try:
            yield
        except Exception as fault:
            if fault is not self._noted:
                self._failed(name, _failure(fault), perf_counter() - began)
            self._noted = fault
            raise
        self.failures.pop(name, None)
        self._line(name, "done", seconds=round(perf_counter() - began, 3))

    def check_failed(self, step: str, check: str) -> None:
        """Note that a check which stops the run does not hold."""
        hint = "see the check of this step in Dagster, or run `journeyflow doctor`"
        self._failed(step, Failure(f"the check {check} of {step} does not hold", hint))

    def end(self, fault: Exception | None) -> None:
        """Write the last line, and tell whoever is to be told; raises nothing."""
        if fault is not None:
            told = _failure(fault)
            step = ", ".join(self.failures) or RUN
        else:
            told = Failure(
                "\n".join(dict.fromkeys(each.message for each in self.failures.values())),
                "; ".join(dict.fromkeys(e.hint for e in self.failures.values() if e.hint)) or None,
                max((each.exit_code for each in self.failures.values()), default=1),
            )
            step = ", ".join(self.failures)
        if step:
            parts = {"message": told.message, "hint": told.hint, "exit_code": told.exit_code}
            self._line(RUN, "failed", **parts)
            self._alert(lambda project: self._of_failure(project, step, told))
        elif self.run and self.run.store:
            result = result_of(self.run)
            summary = {"mode": result.mode, "reason": result.reason, **result.counts}
            self._line(RUN, "published", warnings=len(result.warnings), **summary)
            self._alert(lambda project: self._of_digest(project, result))
        self.journal.close()

    def interrupted(self) -> None:
        """Write down that somebody ended the run, who is told nothing: they know."""
        self._line(RUN, "interrupted")
        self.journal.close()

    @property
    def _run_id(self) -> str | None:
        return self.run.run_id if self.run else None

    def _of_failure(self, project: Project, step: str, told: Failure) -> alerts.Message:
        text = f"journeyflow, {project.project.name}: the run failed at {step}\n{told.message}"
        text += f"\nHint: {told.hint}" if told.hint else ""
        parts = {"run_id": self._run_id, "step": step, "message": told.message, "hint": told.hint}
        return alerts.message(project, "failure", text, **parts)

    def _of_digest(self, project: Project, result: RunResult) -> alerts.Message | None:
        from journeyflow.nightshift.digest import digest

        if not project.alerts.digest:
            return None
        with open_store(self.directory) as store:
            lines = digest(store, result)
        return alerts.message(project, "digest", lines, run_id=result.run_id)

    def _alert(self, made: Callable[[Project], alerts.Message | None]) -> None:
        project = alerts.whom_to_tell(self.directory)
        try:
            told = made(project) if project else None
        except Exception as fault:  # noqa: BLE001 - the run is over, and stays what it was
            self._line(ALERT, "failed", message=type(fault).__name__)
            self.tell(f"no alert was made: {type(fault).__name__}")
            return
        for channel, why_not in alerts.send(project, told) if project and told else ():
            outcome = "failed" if why_not else "sent"
            self._line(ALERT, outcome, channel=channel, message=why_not)
            if why_not:
                self.tell(f"the alert did not reach the {channel}: {why_not}")

    def _failed(self, step: str, failure: Failure, seconds: float | None = None) -> None:
        self.failures[step] = failure
        took = None if seconds is None else round(seconds, 3)
        self._line(step, "failed", seconds=took, message=failure.message, hint=failure.hint)

    def _line(self, step: str, outcome: str, **more: object) -> None:
        self.journal.tell(run_id=self._run_id, step=step, outcome=outcome, **more)


@contextmanager
def watching(
    directory: Path | str,
    *,
    before: bool = True,
    progress: Callable[[str], None] = lambda _: None,
    tell: Callable[[str], None] = note,
) -> Iterator[Watch]:
    """Follow what is done within, and tell how it ended: when the lock is free again."""
    path = Path(directory).resolve()
    watch = Watch(path, Journal(path), before, progress, tell)
    try:
        yield watch
    except Exception as fault:
        watch.end(fault)
        raise
    except BaseException:
        watch.interrupted()
        raise
    else:
        watch.end(None)


def _failure(fault: Exception) -> Failure:
    """The fault in words that quote no row: those of others are named by their kind alone."""
    told = machine_fault(fault)
    if told is None:
        return Failure(type(fault).__name__, OURS)
    hint = told.hint and mask_text(told.hint)
    return Failure(mask_text(told.message), hint, told.exit_code)
