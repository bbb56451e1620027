"""Which figures would say too much about too few people."""

from __future__ import annotations

from collections.abc import Mapping

SMALLEST_GROUP = 5
TELL_LEAST = ("(none)", "(other)")


def suppressed(
    persons: Mapping[str, int], k: int = SMALLEST_GROUP, *, spare: str | None = None
) -> tuple[frozenset[str], frozenset[str]]:
    """The groups below k persons, and those that must go with them.

    Totals are known elsewhere, so what is hidden can be computed as the total less what is shown.
    The next smallest groups are therefore hidden too, until two or more are and they hold k persons
    together; those that tell least go first, and `spare` last. An empty group tells of nobody: it
    is neither hidden nor hides another. A person in two groups counts in both, which no table of
    counts can tell.
    """
    small = frozenset(name for name, count in persons.items() if 0 < count < k)
    if not small:
        return small, small
    rest = sorted(
        (name for name, count in persons.items() if count >= k),
        key=lambda name: (name == spare, name not in TELL_LEAST, persons[name], name),
    )
    hidden = sorted(small)
    while rest and (len(hidden) < 2 or sum(persons[name] for name in hidden) < k):
        hidden.append(rest.pop(0))
    return small, frozenset(hidden) - small
