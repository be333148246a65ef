"""Bringing the tables to what the file says."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from jiebang.taxonomy.models import (
    ChainNode,
    District,
    FieldName,
    IndustryChain,
    Reference,
    TechField,
)
from jiebang.taxonomy.queries import name_key

FILE = Path(__file__).parent / "data" / "taxonomy.toml"
Row = Mapping[str, Any]


@dataclass(slots=True)
class Count:
    """What became of the rows of one table, and how many are now in use."""

    label: str
    created: int = 0
    changed: int = 0
    retired: int = 0
    in_use: int = 0


@transaction.atomic
def sync(file: Path = FILE) -> list[Count]:
    """Make the tables say what the file says, and return what changed, table by table.

    Rows are known by their code. One that left the file is retired, never deleted: needs and
    units may point at it. One that comes back is in use again. Raises ValueError where the file
    gives one name to two fields.
    """
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    fields, chains = data["fields"], data["chains"]
    counts = [
        _bring(District, data["districts"]),
        _bring(TechField, list(_fields(fields)), parent=TechField),
        _bring(IndustryChain, [_only(row, "code", "name") for row in chains]),
        _bring(ChainNode, list(_nodes(chains)), chain=IndustryChain),
    ]
    _bring_names(fields)
    return counts


def _fields(tops: Iterable[Row]) -> Iterator[Row]:
    for top in tops:
        yield {**_only(top, "code", "name"), "parent": None}
        yield from (
            {**_only(row, "code", "name"), "parent": top["code"]} for row in top["children"]
        )


def _nodes(chains: Iterable[Row]) -> Iterator[Row]:
    for chain in chains:
        yield from ({**node, "chain": chain["code"]} for node in chain["nodes"])


def _bring(model: type[Reference], rows: Sequence[Row], **links: type[Reference]) -> Count:
    """Write one table; the columns in `links` hold the code of a row written before."""
    table = model._default_manager
    count = Count(str(model._meta.verbose_name))
    gone = table.filter(active=True).exclude(code__in=[row["code"] for row in rows])
    count.retired = gone.update(active=False)  # first, for its name may have a new owner
    kept = {thing.code: thing for thing in table.select_related(*links)}
    for position, row in enumerate(rows):
        wanted = {**row, "position": position, "active": True}
        for column, target in links.items():
            wanted[column] = target._default_manager.filter(code=row[column]).first()
        thing = kept.get(row["code"])
        if thing is None:
            table.create(**wanted)
            count.created += 1
        elif any(getattr(thing, name) != value for name, value in wanted.items()):
            table.filter(pk=thing.pk).update(**wanted)
            count.changed += 1
    count.in_use = table.filter(active=True).count()
    return count


def _bring_names(tops: Iterable[Row]) -> None:
    owners: dict[str, str] = {}
    for row in (row for top in tops for row in (top, *top["children"])):
        for name in (row["name"], *row.get("aliases", [])):
            if owners.setdefault(name_key(name), row["code"]) != row["code"]:
                raise ValueError(f"{name} names both {owners[name_key(name)]} and {row['code']}")
    kept = dict(FieldName.objects.values_list("name", "field__code"))
    FieldName.objects.filter(
        name__in=[name for name, code in kept.items() if owners.get(name) != code]
    ).delete()
    keys = dict(TechField.objects.values_list("code", "pk"))
    FieldName.objects.bulk_create(
        FieldName(name=name, field_id=keys[code])
        for name, code in owners.items()
        if kept.get(name) != code
    )


def _only(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}
