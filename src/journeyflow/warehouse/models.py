"""Models: plain `.sql` files, each one `select` that makes the table it is named like.

The runner parses, orders, binds, fingerprints and runs them. It does no templating: a model
can be pasted into any DuckDB shell once its `$parameters` are filled in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlglot
from duckdb import DuckDBPyConnection as Connection
from sqlglot import exp

HEADER = ("purpose", "grain", "kind", "note")
# The folders of `sql/` whose files make a table each, in the order of the flow.
LAYERS = ("events", "person", "everyone", "analysis")


@dataclass(frozen=True)
class Model:
    """One `.sql` file: `name` is the table it makes, `layer` the folder it lies in.

    `header` holds the four lines at its top: purpose, grain, kind and note.
    """

    name: str
    layer: str
    sql: str
    header: Mapping[str, str]

    @cached_property
    def tree(self) -> exp.Expr:
        """The parsed statement."""
        return sqlglot.parse_one(self.sql, dialect="duckdb")

    @cached_property
    def inputs(self) -> frozenset[str]:
        """Names of the tables it reads, found by parsing."""
        defined = {cte.alias_or_name for cte in self.tree.find_all(exp.CTE)}
        tables = {table.name for table in self.tree.find_all(exp.Table) if table.name}
        return frozenset(tables - defined)

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Names of its `$parameters`."""
        found = self.tree.find_all(exp.Parameter, exp.Placeholder)
        return frozenset(each.name for each in found if each.name)

    @property
    def internal(self) -> bool:
        """Kept beside the landed rows and never published."""
        return "internal" in self.header["kind"]

    @property
    def transient(self) -> bool:
        """Serves the run that makes it and is gone with it."""
        return "transient" in self.header["kind"]

    @property
    def is_kept(self) -> bool:
        """Still there when the next run begins."""
        return not self.transient and not self.is_view

    @property
    def is_view(self) -> bool:
        """Computed wherever it is read, and no table."""
        return "view" in self.header["kind"]

    @property
    def home(self) -> str:
        """The schema that keeps its table."""
        if self.transient or self.is_view:
            return "temp.main"
        return "private.work" if self.internal else "warehouse.main"

    @property
    def target(self) -> str:
        """What `create` makes of it."""
        if self.is_view:
            return f"temp view {self.name}"
        return f"temp table {self.name}" if self.transient else f"table {self.home}.{self.name}"

    @property
    def is_summed(self) -> bool:
        """A count per key that is the sum of what each person adds to it."""
        return "summed" in self.header["kind"]

    @property
    def monthly(self) -> bool:
        """Has a sibling in the schema `monthly`."""
        return "monthly" in self.header["kind"]

    @property
    def of_journeys(self) -> bool:
        """Made of nothing but journeys: it can be made anew of some of them."""
        return "of journeys" in self.header["kind"]

    @property
    def is_inferred(self) -> bool:
        """Its SQL counts, and what the counts say is inferred by the analysis of its name."""
        return self.layer == "analysis"

    @property
    def is_scattered(self) -> bool:
        """Its ids lie in no order: compression finds nothing in them, and looks for long."""
        return "scattered" in self.header["kind"]

    def bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Pick this model's parameters out of all `values`."""
        return {name: values[name] for name in self.parameters}

    def fingerprint(self, values: Mapping[str, Any]) -> str:
        """Hash of the SQL and of the parameter values it is bound to."""
        bound = sorted((name, repr(values[name])) for name in self.parameters)
        return hashlib.sha256(repr((self.sql, bound)).encode()).hexdigest()


def sql_root() -> Traversable:
    """Find `sql/`: inside the installed package, or beside `src/` in a checkout."""
    packaged = files("journeyflow") / "sql"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "sql"


@lru_cache
def load_models(layer: str) -> tuple[Model, ...]:
    """Read all models of one layer (a folder of `sql/`), by name."""
    folder = sql_root() / layer
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))
    return tuple(_model(layer, name, (folder / name).read_text(encoding="utf-8")) for name in names)


def load_model(layer: str, name: str) -> Model:
    """Read one model."""
    return next(each for each in load_models(layer) if each.name == name)


@lru_cache
def left_out(tables: frozenset[str]) -> frozenset[str]:
    """The models that are not made where `tables` are not: they, and what they alone read."""
    models = [each for layer in LAYERS for each in load_models(layer)]
    gone = set(tables)
    while True:
        needless = {
            each.name
            for each in models
            if each.name not in gone and (each.internal or each.transient)
            and (readers := [one.name for one in models if each.name in one.inputs])
            and gone.issuperset(readers)
        }  # fmt: skip
        if not needless:
            return frozenset(gone)
        gone |= needless


def over_everyone() -> tuple[Model, ...]:
    """The models of tables over everyone, counted or inferred."""
    return (*load_models("everyone"), *load_models("analysis"))


def _model(layer: str, file: str, text: str) -> Model:
    lines = [line.removeprefix("-- ") for line in text.splitlines()[: len(HEADER)]]
    header = dict(line.split(": ", 1) for line in lines)
    if tuple(header) != HEADER:
        msg = f"sql/{layer}/{file}: expected a header of {', '.join(HEADER)}, found {list(header)}"
        raise ValueError(msg)
    return Model(file.removesuffix(".sql"), layer, text, header)


def in_order(models: Collection[Model]) -> list[Model]:
    """Sort models so that each follows its inputs; ties by name."""
    names = {each.name: each for each in models}
    sorter = TopologicalSorter({each.name: each.inputs & set(names) for each in models})
    sorter.prepare()
    ordered: list[Model] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += [names[name] for name in ready]
        sorter.done(*ready)
    return ordered


def create(con: Connection, model: Model, target: str, values: Mapping[str, Any]) -> None:
    """Make `target` ("table x", "temp table x") anew from the model."""
    if model.is_inferred:
        from journeyflow.analysis.tables import inferred

        counts = con.sql(model.sql, params=model.bind(values)).to_arrow_table().to_pandas()
        _create_from(con, target, pa.Table.from_pandas(inferred(model.name, counts)))
        return
    if model.is_scattered:
        con.execute("set disabled_compression_methods = 'dict_fsst'")
    try:
        con.execute(f"create or replace {target} as {model.sql}", model.bind(values))
    finally:
        if model.is_scattered:
            con.execute("reset disabled_compression_methods")


def create_from(con: Connection, name: str, rows: pa.Table) -> None:
    """Make the temporary table `name` anew from rows that Python made."""
    _create_from(con, f"temp table {name}", rows)


def _create_from(con: Connection, target: str, rows: pa.Table) -> None:
    con.register("incoming", rows)
    con.execute(f"create or replace {target} as from incoming")
    con.unregister("incoming")


def create_temp(con: Connection, models: Iterable[Model], values: Mapping[str, Any]) -> None:
    """Make temporary tables from the models, in the given order."""
    for model in models:
        create(con, model, f"temp table {model.name}", values)
