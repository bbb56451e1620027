"""The warehouse, held once for the whole of a Dagster run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Self

import dagster as dg
from pydantic import PrivateAttr

from journeyflow.errors import JourneyflowError, PassingFault
from journeyflow.nightshift.watch import Watch, watching
from journeyflow.warehouse.resuming import resume
from journeyflow.warehouse.run import Run


class Warehouse(dg.ConfigurableResource["Warehouse"]):
    """Lock and connection, taken by the first step that asks and released at the end.

    Not taken when the resource starts, since Dagster repeats a step that finds the warehouse
    locked, but not a run that cannot start. `full_refresh`, whether `[schedule] before` is run
    first, and how often a step that met a held lock or a full disk is repeated, can be set in the
    launchpad.
    """

    project_dir: str
    full_refresh: bool = False
    before: bool = True
    retries: int = 5
    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _log: dg.DagsterLogManager | None = PrivateAttr(default=None)
    _watch: Watch | None = PrivateAttr(default=None)
    _run: Run | None = PrivateAttr(default=None)
    _refused: JourneyflowError | None = PrivateAttr(default=None)
    _done: set[str] = PrivateAttr(default_factory=set)
    _beside: set[str] = PrivateAttr(default_factory=set)
    _stopped: bool = PrivateAttr(default=False)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        """Close whatever a step opened, also after a failure."""
        self._log = context.log
        watched = watching(
            self.project_dir, before=self.before, progress=self._tell, tell=self._tell
        )
        with watched as self._watch, self._stack:
            yield self

    @property
    def watch(self) -> Watch:
        """Who follows the run."""
        if self._watch is None:
            raise RuntimeError("the resource has not been started")
        return self._watch

    @property
    def done(self) -> set[str]:
        """Names of the steps that this run has done."""
        return self._done

    @property
    def beside(self) -> set[str]:
        """Names of those of them that were not launched."""
        return self._beside

    def stop(self) -> None:
        """Note that the machine stopped a step: the run is resumed before the next one."""
        self._stopped = True

    def run(self) -> Run:
        """The run that all steps share; WarehouseBusyError where another process writes."""
        if self._run and self._stopped:
            resume(self._run, self._done)
        self._stopped = False
        if self._refused:  # several steps begin a run, and one fetching that failed is enough
            raise self._refused
        if self._run is None:
            try:
                opened = self.watch.open(full_refresh=self.full_refresh)
                self._run = self._stack.enter_context(opened)
            except JourneyflowError as fault:
                self._refused = None if isinstance(fault, PassingFault) else fault
                raise
        return self._run

    def _tell(self, message: str) -> None:
        if self._log:
            self._log.info(message)
