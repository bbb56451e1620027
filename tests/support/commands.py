"""The command line as its caller meets it: arguments in, exit code and two texts out."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple
from unittest.mock import patch

import pytest

from journeyflow import cli
from tests.support.projects import SECRET, hidden_secret


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def command(*arguments: object) -> Ended:
    """Run `journeyflow` with these arguments in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["journeyflow", *map(str, arguments)]),
        hidden_secret(SECRET),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())
