"""So that a failing comparison in the shared helpers shows both sides."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.support.projects")
