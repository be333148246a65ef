"""The demo city's files, read once, with money and measures as numbers."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

import jiebang.demo
from jiebang.taxonomy.services import FILE as TAXONOMY_FILE

DATA = Path(jiebang.demo.__file__).parent / "data"
MONEY = {"total_budget", "bounty", "grant", "asked_amount", "self_raised", "revenue", "rd_spending"}


@cache
def read(name):
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def rows(name):
    return [_numbers(row) for row in read(name)[name]]


def by_key(name):
    return {row["key"]: row for row in rows(name)}


def stories():
    return rows("stories")


@cache
def codes(table):
    taxonomy = tomllib.loads(TAXONOMY_FILE.read_text(encoding="utf-8"))
    below = {"fields": "children", "chains": "nodes"}.get(table)
    parts = [part for row in taxonomy[table] for part in row.get(below, ())]
    return {row["code"] for row in (*taxonomy[table], *parts)}


def indicator_rows(raw):
    numbers = ("value", "value_high")
    return [{k: Decimal(v) if k in numbers else v for k, v in row.items()} for row in raw]


def _numbers(row):
    row = {k: Decimal(v) if k in MONEY else v for k, v in row.items()}
    if "indicators" in row:
        row["indicators"] = indicator_rows(row["indicators"])
    return row
