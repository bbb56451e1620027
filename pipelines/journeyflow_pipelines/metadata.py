"""What a materialised asset tells of itself: rows, columns and where each column comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import dagster as dg
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage

from journeyflow.sources.formats import FORMATS
from journeyflow.warehouse.models import Model
from journeyflow.warehouse.plan import Step
from journeyflow.warehouse.run import Run, result_of

# Over everyone, and named by rules and settings: nothing in them is about one person.
SHOWN = frozenset({"channel_credit", "reconciliation", "source_overlap", "stage_conversion"})
SHOWN_ROWS = 20


def describe(step: Step, run: Run) -> dict[str, Any]:
    """Metadata of the table that `step` has made, or of what else it has done."""
    if step.group == "publish":
        result = result_of(run)
        return {"store": dg.MetadataValue.path(result.store), "mode": result.mode, **result.counts}
    if step.group == "settings":
        return {"mode": run.mode, "reason": run.reason or "nothing but new rows"}
    if step.name == "observation":
        return {
            "observed_until": dg.MetadataValue.timestamp(run.values["observed_until"]),
            "warnings": run.warnings,
        }
    if step.name == "lost_after":
        return {"lost_after_s": run.values["lost_after_us"] // 1_000_000}
    if step.group == "sources":
        return _landed(step, run)
    inputs = step.model.inputs if step.model else frozenset[str]()
    tables = _columns(run, inputs | {step.name})
    if step.name not in tables:
        return {}
    told: dict[str, Any] = {
        "dagster/row_count": count(run, f"from {step.name}"),
        "dagster/column_schema": _schema(tables[step.name]),
    }
    if step.model:
        told["dagster/column_lineage"] = column_lineage(step.model, tables, step.inputs)
    if step.name in SHOWN:
        rows = run.con.sql(f"from {step.name} order by all limit {SHOWN_ROWS}")
        told["first rows"] = listing(rows.columns, rows.fetchall())
    return told


def _landed(step: Step, run: Run) -> dict[str, Any]:
    (source,) = (each for each in run.project.sources if f"read_{each.name}" == step.name)
    table = f"landed_{FORMATS[source.format].lands}"
    return {
        "dagster/row_count": count(
            run,
            f"from {table} inner join ledger using (file_id) where source = $name",
            {"name": source.name},
        ),
        "dagster/column_schema": _schema(_columns(run, {table})[table]),
        "files read": [
            each.path.relative_to(run.project.directory).as_posix()
            for each in run.pending
            if each.source.name == source.name
        ],
    }


def count(run: Run, rows: str, values: Mapping[str, object] | None = None) -> int:
    """How many `rows` (a FROM clause and what follows) there are."""
    # Read to the end: a half-read result would block the connection for the next step.
    ((found,),) = run.con.execute(f"select count(*) {rows}", dict(values or {})).fetchall()
    return int(found)


def _columns(run: Run, tables: Iterable[str]) -> dict[str, dict[str, str]]:
    """Type by column by table, of those of `tables` that exist."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in run.con.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name in ('warehouse', 'private', 'temp') "
        "and schema_name in ('main', 'work') and list_contains($tables, table_name) "
        "order by table_name, column_index",
        {"tables": sorted(tables)},
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _schema(columns: Mapping[str, str]) -> dg.TableSchema:
    return dg.TableSchema([dg.TableColumn(name, kind) for name, kind in columns.items()])


def column_lineage(
    model: Model, tables: Mapping[str, Mapping[str, str]], inputs: Iterable[str]
) -> dg.TableColumnLineage:
    """Which columns of the assets `inputs` each column of `model` is computed from.

    `tables` gives the columns of everything the model reads. What cannot be traced is left out.
    """
    names = tuple((table, column) for table in tables for column in tables[table])
    assets, known = frozenset(inputs), frozenset(names)
    found = {
        column: [
            dg.TableColumnDep(dg.AssetKey(table), name)
            for table, name in origins
            if table in assets and (table, name) in known
        ]
        for column, origins in _origins(model.sql, names).items()
    }
    return dg.TableColumnLineage({column: deps for column, deps in found.items() if deps})


@cache
def _origins(
    sql: str, names: tuple[tuple[str, str], ...]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Which (table, column) each column that `sql` answers is computed from; nothing untraceable.

    `names`: the columns of what it reads, in their order. To trace them takes as long as all else
    that Dagster does beside a small night, so one process does it once.
    """
    # Lineage needs names alone, and sqlglot does not read every type that DuckDB writes.
    schema: dict[str, dict[str, str]] = {}
    for table, column in names:
        schema.setdefault(table, {})[column] = "text"
    try:
        # Trimming would copy the whole tree once per column, for a picture that nobody sees.
        traced = lineage(None, sql, schema, dialect="duckdb", trim_selects=False)
    except SqlglotError:
        return {}
    return {
        column: tuple(
            sorted(
                {
                    (leaf.expression.name, leaf.name.rpartition(".")[2])
                    for leaf in node.walk()
                    if isinstance(leaf.expression, exp.Table)
                }
            )
        )
        for column, node in traced.items()
    }


def listing(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.TableMetadataValue:
    """Rows as a table. Cells are written by strangers; here they are text and never markup."""
    cells = [dict(zip(columns, map(str, row), strict=True)) for row in rows]
    schema = dg.TableSchema([dg.TableColumn(column) for column in columns])
    return dg.MetadataValue.table([dg.TableRecord(each) for each in cells], schema)
