"""From identifiers as exports spell them to the keys that stand for them everywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from journeyflow.identity.keys import Secret
from journeyflow.identity.normalise import Rejected, normalise_cell
from journeyflow.identity.rows import table_of
from journeyflow.identity.types import class_of

COLUMNS = {
    "type": pa.string(),
    "value": pa.string(),
    "key": pa.string(),
    "weak": pa.bool_(),
    "reason": pa.string(),
}


def keyed(spelled: Mapping[str, Iterable[str]], region: str | None, secret: Secret) -> pa.Table:
    """The keys of distinct cells, given by type of identifier.

    Out: `type` and `value` as given, with the `key` of each identifier in the cell, or the `reason`
    why a text identifies nobody. A landline or toll-free number is `weak`: it may attach an event,
    but many share it. `region` is that of phone numbers without a country code.
    """
    rows: list[tuple[str, str, str | None, bool, str | None]] = []
    for type, cells in spelled.items():
        usual = class_of(type)
        for cell in cells:
            for each in normalise_cell(type, cell, region, usual):
                if isinstance(each, Rejected):
                    rows.append((type, cell, None, False, each.reason))
                else:
                    weak = each.effective_class is not usual
                    rows.append((type, cell, secret.key(type, each.value), weak, None))
    return table_of(rows, COLUMNS)
