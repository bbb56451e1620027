"""`python -m journeyflow_pipelines DIR`: run a project's nightly job once, without a server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import dagster as dg

from journeyflow.store import open_store
from journeyflow_pipelines.assets import EXIT_CODE
from journeyflow_pipelines.definitions import make_definitions


def main() -> int:
    """Run the job in this process; prints the store as JSON, or what failed.

    Out: the exit code of the command line. No step is repeated: whoever started it is there to.
    """
    directory = Path(sys.argv[1]).resolve()
    job = make_definitions(directory).resolve_job_def("nightly")
    once = {"project_dir": str(directory), "retries": 0}
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            {"resources": {"warehouse": {"config": once}}}, instance=instance, raise_on_error=False
        )
    if not result.success:
        codes = [1]
        for event in result.filter_events(lambda event: event.is_step_failure):
            data = event.step_failure_data
            told = data.user_failure_data
            text = told.description if told else data.error_display_string
            sys.stderr.write(f"{event.step_key}: {text}\n")
            if told and isinstance(code := told.metadata.get(EXIT_CODE), dg.IntMetadataValue):
                codes.append(code.value or 1)
        return max(codes)
    with open_store(directory) as store:
        sys.stdout.write(json.dumps({"run_id": store.run_id, "store": str(store.path)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
