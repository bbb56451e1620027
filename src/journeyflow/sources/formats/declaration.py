"""What a format says of itself: the shape of its files, their fields, and what a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import duckdb

from journeyflow.errors import DataError
from journeyflow.settings import Source

Lands = Literal["events", "costs", "feedback", "links"]
Shape = Literal["columns", "fields", "json"]
DELIMITED = (".csv", ".tsv", ".txt")
DOCUMENTS = (".ndjson", ".jsonl", ".json")
PARQUET = (".parquet",)


@dataclass(frozen=True)
class Field:
    """One field of an export, as its vendor spells and types it.

    `becomes` says in Markdown what is made of it. `column` is its name in the SQL of a format
    of the shape `fields`. `required`: a file without it is refused. `asked` fields stand in the
    list that `journeyflow fields` prints.
    """

    name: str
    type: str
    becomes: str
    column: str = ""
    required: bool = False
    asked: bool = True


@dataclass(frozen=True)
class Format:
    """One export format.

    `shape`: `columns` = columns (of delimited text, NDJSON objects or Parquet) that
    `[sources.columns]` chooses; `fields` = delimited text whose header names `fields`; `json` =
    whole JSON records.

    `models` are the files in `sql/sources/` whose rows together are the raw rows, by default the
    one named like the format. They read `decoded`, where there is one: a table made first, with
    one row per record.

    `suffixes` are the types of its files, without compression. `records_at` is the key of the list
    inside a JSON envelope, or a path of keys such as `result.data`. `required` are the columns, or
    for `json` the keys, without which a row means nothing: a file that lacks one is refused. Of a
    `json` format that declares its `fields` they are those that say so. Of
    columns and `fields`, one of each group of `either` must be there, and where the first of a
    group of `together` is, all of it. `refused` are keys of another export of the vendor that is
    easily taken for this one, each with what that one holds and the way out.

    `sessions`: its events form sessions, except, where it is `offline` too, those that say in
    `attributes.offline` that they happened away from the website.

    `columns` of a format that is no table are those that the settings may say otherwise: of
    `fields` by a field or a constant, of `json` by a constant.

    `range_above` tells the days that a file covers, the first and the last, from the lines above
    its header, where it has no field whose column is `day`; one with a field of `periods` instead
    is refused. `null_values` are its words for nothing. `known_by` are names that no other table
    has all of: without such ones no file is taken for one of the format. Names inside a JSON
    record are paths, as `journeyflow check` spells them.

    `key_of` gives the name of the field that a header cell means. `verify` tells the files of a
    batch, by their place in it, that contradict the settings, and why. `keys` are the keys of
    `[[sources]]` that not every format reads. `whole_is_micros`: costs that are whole numbers are
    millionths of the currency, unless the settings say otherwise. `totals_round`: its totals rows
    are sums of finer amounts than its rows show, in hundredths. `untaxed`: its costs are without
    tax, by its documentation. `technical` are kinds that a counter sends by itself, without the
    customer doing anything: no step of a journey. `apart` are kinds that say who is who and take no
    part in journeys. `assumed` are columns that say the same in every row where the settings map
    them to nothing. `companions`: what may lie beside the source's files (`deals`, `contacts`) =
    the format that reads it.

    `exporting`, `zone`, `identity` and `ignored` are Markdown for the format's page: how to
    export it, what its times mean, what makes two rows one, and what is not read.
    """

    name: str
    describes: str
    shape: Shape
    lands: Lands
    columns: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    refused: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    either: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    fields: tuple[Field, ...] = ()
    models: tuple[str, ...] = ()
    decoded: str = ""
    range_above: Callable[[Sequence[str]], tuple[date, date] | None] | None = None
    periods: tuple[str, ...] = ()
    null_values: tuple[str, ...] = ()
    known_by: tuple[tuple[str, ...], ...] = ()
    key_of: Callable[[str], str] | None = None
    verify: (
        Callable[[duckdb.DuckDBPyConnection, Source], Iterable[tuple[int, DataError]]] | None
    ) = None
    keys: tuple[str, ...] = ()
    whole_is_micros: bool = False
    totals_round: bool = False
    untaxed: bool = False
    sessions: bool = False
    offline: bool = False
    apart: tuple[str, ...] = ()
    assumed: Mapping[str, str] = field(default_factory=dict)
    companions: Mapping[str, str] = field(default_factory=dict)
    replaces: Literal["day", "row"] = "row"
    records_at: str | None = None
    suffixes: tuple[str, ...] = (*DELIMITED, *DOCUMENTS, *PARQUET)
    needs_zone: bool = True
    technical: tuple[str, ...] = ()
    exporting: str = ""
    zone: str = ""
    identity: str = ""
    ignored: str = ""

    def __post_init__(self) -> None:
        if self.shape == "json" and not self.required:
            needed = tuple(each.name for each in self.fields if each.required)
            object.__setattr__(self, "required", needed)  # frozen for everybody else
