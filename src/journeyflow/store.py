"""Reading a published project: one immutable snapshot, opened read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb
import pandas as pd
import pyarrow as pa

from journeyflow.analysis.choosing import STRATA, Choice, Moments, check, conditions, expression
from journeyflow.analysis.narrowed import narrow, prepare
from journeyflow.analysis.open_journeys import open_journeys
from journeyflow.analysis.sankey import SankeyTable, sankey_table
from journeyflow.errors import EnvironmentFault, SettingsError
from journeyflow.machine import machine_fault
from journeyflow.warehouse.keys import KEYS
from journeyflow.warehouse.models import create, load_model

if TYPE_CHECKING:
    import networkx as nx

    from journeyflow.analysis.comparison import Comparison
    from journeyflow.analysis.conformance import ConformanceTable
    from journeyflow.analysis.funnel.switches import Duration
    from journeyflow.analysis.loyalty.asking import Loyalty
    from journeyflow.analysis.personas import Personas
    from journeyflow.analysis.variants import Variants

PUBLISHED = "published"
_PREFIX = "journeys-"
_STAGE_OF = """
select t.touchpoint, t.stage from touchpoints t join stages s on s.name = t.stage
order by s.position, t.touchpoint"""


class Store:
    """A read-only snapshot of one run; its tables: docs/data_model.md.

    It stays as it is while later runs publish. Safe to use from several threads: every call
    has a cursor of its own. Close it, or use it in a `with` block.
    """

    def __init__(
        self, path: Path, connection: duckdb.DuckDBPyConnection, chosen: tuple[Choice, ...] = ()
    ) -> None:
        self.path = path
        self.run_id = path.stem.removeprefix(_PREFIX)
        self._connection = connection
        self._chosen = chosen

    def query(
        self, sql: str, params: Mapping[str, object] | Sequence[object] | None = None
    ) -> pd.DataFrame:
        """Rows of a SQL query that returns rows; `params` bind `$name` (mapping) or `?` (sequence).

        Times come back in UTC; decimals as floats, so sum money in SQL where cents matter.
        Raises duckdb.Error for faulty SQL, and SettingsError where a store of some journeys is
        asked for what is not made of journeys alone.
        """
        with self._cursor(sql) as cursor:
            table = cursor.sql(sql, params=params).to_arrow_table()
        for position, field in enumerate(table.schema):
            if pa.types.is_decimal(field.type):
                # A sum of integers is a 38-digit decimal to Arrow, yet still a count.
                exact = field.type.scale > 0
                column = table.column(position).cast(pa.float64() if exact else pa.int64())
                table = table.set_column(position, field.name, column)
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def only(
        self,
        where: Mapping[str, object] | None = None,
        *,
        began: Moments = (None, None),
        matching: str | None = None,
    ) -> Store:
        """The same store with some of its journeys alone; every table is counted of these.

        where: {column of journeys: value or list of values}, None for NULL; also `returning`
        (whether it is not the person's first), `persona` and `attributes.NAME`. began: journeys
        that started in [first, second). matching: a pattern of steps, "Catalogue >> Call within
        2d" (`journeyflow.analysis.patterns` has its grammar). What was chosen before stays chosen.
        Close the store it came from. Raises SettingsError for a column or touchpoint that does not
        exist, and for a pattern that cannot be read.
        """
        choice = Choice(dict(where or {}), began, matching)
        with self._connection.cursor() as cursor:
            check(cursor, choice)  # raises here and not with the first question
        return Store(self.path, self._connection, (*self._chosen, choice))

    def by(self, column: str, table: str, *, top: int = 10) -> pd.DataFrame:
        """A table for each segment of the journeys: their `column` first, then those of `table`.

        column: as in `only`. Out: the `top` values with most journeys (equal ones by value), in
        that order, and the rows of each in the order of their stages or names; `only` gives any
        other value. Raises SettingsError as `only` and `query` do.
        """
        values: dict[str, object] = {}
        with self._cursor() as cursor:
            asked = expression(cursor, column, "attribute", values)
            found = cursor.execute(
                f"select {asked} as segment from journeys as j group by segment "
                f"order by count(*) desc, segment limit {top:d}",
                values,
            ).fetchall()
        parts = []
        for (value,) in found:
            rows = self.only({column: value}).query(f"from {table}")
            keys = ["position"] if "position" in rows else list(KEYS.get(table, rows.columns[:1]))
            rows = rows.sort_values(keys, kind="stable")
            rows.insert(0, column, value, allow_duplicates=True)
            parts.append(rows)
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def personas(self, *, most: int = 8, symbols: int = 40) -> Personas:
        """Fit personas to the finished journeys now; those of the last full build are a table.

        See `journeyflow.analysis.personas.fit_personas`.
        """
        from journeyflow.analysis.personas import fit_personas

        with self._cursor() as cursor:
            for name in ("persona_paths", "persona_variants"):
                create(cursor, load_model("personas", name), f"temp table {name}", {})
            variants = cursor.sql("from persona_variants").to_arrow_table().to_pandas()
        return fit_personas(variants, most=most, symbols=symbols)

    def weakest_links(
        self, level: str = "touchpoint", recover: float = 0.2, draws: int = 500
    ) -> pd.DataFrame:
        """What recovering a share of those lost at each link would bring; arithmetic, no promise.

        level: touchpoint, stage or owner. draws: of persons, for intervals; 0 for none. Out: the
        columns of `journeyflow.analysis.weakest.weakest_links`, the weakest first.
        """
        from journeyflow.analysis.links import recovered_links

        with self._cursor() as cursor:
            return recovered_links(cursor, level, recover, draws)

    def benchmark(self, by: str, *, top: int = 10) -> pd.DataFrame:
        """What it would bring to keep customers at each touchpoint as the best segment does.

        by: a column of journeys, as in `only`. Out: the columns of
        `journeyflow.analysis.gains.segment_gains`, the largest gain first.
        """
        from journeyflow.analysis.links import benchmarked_links

        with self._cursor() as cursor:
            return benchmarked_links(cursor, by, top)

    def compare(
        self,
        by: str,
        measure: str = "conversion",
        against: str = "rest",
        *,
        top: int = 10,
        strata: Sequence[str] = STRATA,
        q: float = 0.1,
        k: int = 5,
    ) -> Comparison:
        """Whether segments of the journeys differ, and whether that is more than noise.

        See `journeyflow.analysis.comparison.compare`.
        """
        from journeyflow.analysis.comparison import compare

        with self._cursor() as cursor:
            return compare(cursor, by, measure, against=against, top=top, strata=strata, q=q, k=k)

    @property
    def loyalty(self) -> Loyalty:
        """Who comes back: repeat orders, cohorts, RFM, forecasts, the lifecycle.

        It is about all that persons did, so a store of some journeys has none (SettingsError).
        """
        from journeyflow.analysis.loyalty.asking import Loyalty

        if self._chosen:
            raise SettingsError(
                "Loyalty is about all that persons did, and not about some of their journeys.",
                hint="Ask the whole store, and join what it says of persons.",
            )
        return Loyalty(self._connection.cursor)

    @contextmanager
    def _cursor(self, sql: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor in which the names that `sql` reads stand for what was chosen."""
        with self._connection.cursor() as cursor:
            if self._chosen:
                chosen, values = conditions(cursor, self._chosen)
                narrow(cursor, f"select journey_id from journeys as j where {chosen}", values)
                if sql is not None:
                    prepare(cursor, sql)
            yield cursor

    def has(self, table: str) -> bool:
        """Whether the run made this table; `[analyses] skip` leaves some out."""
        with self._connection.cursor() as cursor:
            found = cursor.execute(
                "select 1 from duckdb_tables() where table_name = $table and schema_name = 'main'",
                {"table": table},
            ).fetchall()
        return bool(found)

    def sankey(
        self,
        level: str = "touchpoint",
        steps: int = 5,
        top: int = 6,
        start: str | None = None,
        end: str | None = None,
        where: Mapping[str, object] | None = None,
        until: str = "conversion",
        *,
        anchor: str = "start",
        named: Sequence[str] = (),
        began: Moments = (None, None),
    ) -> SankeyTable:
        """Real paths as nodes and links; see `journeyflow.analysis.sankey.sankey_table`.

        Its groups are the stages of the touchpoints, its language is the project's.
        """
        with self._cursor(_STAGE_OF) as cursor:
            table = sankey_table(
                cursor, level=level, steps=steps, top=top, start=start, end=end,
                where=where, until=until, anchor=anchor, named=named, began=began,
            )  # fmt: skip
            ((language,),) = cursor.execute("select language from project").fetchall()
            stages = cursor.execute(_STAGE_OF).fetchall() if level == "touchpoint" else []
        return replace(table, groups=dict(stages), language=language)

    def funnel(
        self,
        steps: Sequence[str],
        unit: str = "journey",
        order: str = "ordered",
        window: Duration = "14d",
        entry: str = "closed",
        attempt: str = "best",
        *,
        step_window: Duration | Sequence[Duration] = None,
        counting: str = "unique",
        exclude: Sequence[str] = (),
        by: str | None = None,
        by_step: int = 1,
        until: str = "end",
    ) -> pd.DataFrame:
        """How many took these touchpoints, one after the other; see `funnel.table.funnel_table`.

        Out: position, step, count, entered, share_of_first, share_of_previous, low, high,
        wait_median_s, wait_p90_s, open, lost; with `by` a first column segment. What must be read
        with them stands in `.attrs`: switches (the definition), total (units), notes.
        """
        from journeyflow.analysis.funnel import funnel_table

        with self._cursor() as cursor:
            table = funnel_table(
                cursor, steps, unit=unit, order=order, window=window, step_window=step_window,
                entry=entry, attempt=attempt, counting=counting, exclude=exclude, by=by,
                by_step=by_step, until=until,
            )  # fmt: skip
        rows = table.steps
        rows.attrs = {
            "switches": dict(table.switches), "total": table.total, "notes": list(table.notes),
        }  # fmt: skip
        return rows

    def variants(self, top: int = 20, until: str = "conversion", *, k: int = 5) -> Variants:
        """The paths that most journeys share; see `variants.variants`."""
        from journeyflow.analysis.variants import variants

        with self._cursor() as cursor:
            return variants(cursor, top=top, until=until, k=k)

    def conformance(
        self, expected: Sequence[str] | str, level: str = "touchpoint", until: str = "conversion"
    ) -> ConformanceTable:
        """How journeys skip, repeat and reverse an expected one; see `conformance.conformance`.

        expected: its positions in order, such as ["Ad", "Catalogue?", "Call | Form", "Order"], or
        the name of one of `[[expected]]`.
        """
        from journeyflow.analysis.conformance import conformance

        with self._cursor() as cursor:
            if isinstance(expected, str):
                expected, level = _expected(cursor, expected)
            return conformance(cursor, expected, level=level, until=until)

    def open_journeys(
        self, where: Mapping[str, object] | None = None, *, top: int | None = None
    ) -> pd.DataFrame:
        """Open journeys with what to expect of each, those most likely to convert first.

        See `journeyflow.analysis.open_journeys.open_journeys`. Of a store of some journeys these
        alone; what is expected of them is learned from all.
        """
        with self._cursor("from journeys") as cursor:
            return open_journeys(cursor, where, top)

    def graph(self) -> nx.DiGraph[str]:
        """The touchpoint graph: touchpoints as nodes, transitions as edges."""
        from journeyflow.analysis.graph import touchpoint_graph

        graph: nx.DiGraph[str] = touchpoint_graph(
            self.query("from transitions order by all"), self.query("from touchpoints order by all")
        )
        return graph

    def close(self) -> None:
        """Close the snapshot; nothing can be read afterwards."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _expected(con: duckdb.DuckDBPyConnection, name: str) -> tuple[list[str], str]:
    rows = con.execute(
        "select name, step, level from expected_journeys order by name, position"
    ).fetchall()
    steps = [step for each, step, _ in rows if each == name]
    if not steps:
        known = list(dict.fromkeys(each for each, *_ in rows))
        raise SettingsError(
            f"No expected journey is named {name!r}.",
            hint=f"[[expected]] names: {', '.join(known) or 'none'}. Or give the steps as a list.",
        )
    return steps, next(level for each, _, level in rows if each == name)


def open_store(project_dir: str | Path) -> Store:
    """Open the newest published run of a project folder.

    Raises SettingsError if there is no such folder, EnvironmentFault if nothing has been
    published there yet or the snapshot cannot be read.
    """
    project = Path(project_dir)
    if not project.is_dir():
        raise SettingsError(f"There is no project folder at {project}.")
    newest = _newest(project)
    try:
        connection = _connect(newest)
    except duckdb.Error as fault:
        # A run may have published and removed the file between looking and opening.
        if newest.exists():
            raise machine_fault(fault, newest) or fault from fault
        newest = _newest(project)
        connection = _connect(newest)
    return Store(newest, connection)


def _newest(project: Path) -> Path:
    # Never journeys.duckdb: a process that still holds the file that had this name before
    # the last run would be given the old rows again.
    found = sorted((project / PUBLISHED).glob(f"{_PREFIX}*.duckdb"), key=lambda path: path.stem)
    if not found:
        raise EnvironmentFault(
            f"Nothing has been published in {project} yet.",
            hint=f"Run `journeyflow run {project}` first.",
        )
    return found[-1]


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        str(path), read_only=True, config={"autoinstall_known_extensions": "false"}
    )
    connection.execute("set enable_progress_bar = false")  # its cursors never show one
    # Not as an option of connect: time zones are loaded only by a statement. Global, so that
    # every cursor has it.
    connection.execute("set global TimeZone = 'UTC'")
    return connection
