"""`python -m journeyflow_pipelines DIR`: run a project's nightly job once, without a server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import dagster as dg

from journeyflow.store import open_store
from journeyflow_pipelines.definitions import make_definitions


def main() -> int:
    """Run the job in this process; prints the store as JSON, or what failed."""
    directory = Path(sys.argv[1]).resolve()
    job = make_definitions(directory).resolve_job_def("nightly")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    if not result.success:
        for event in result.filter_events(lambda event: event.is_step_failure):
            sys.stderr.write(f"{event.step_key}: {event.step_failure_data.error_display_string}\n")
        return 1
    with open_store(directory) as store:
        sys.stdout.write(json.dumps({"run_id": store.run_id, "store": str(store.path)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
