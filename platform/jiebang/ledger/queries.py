"""Reading the chain and checking it, whole or one record."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from jiebang.common.errors import NotFound
from jiebang.ledger import canonical
from jiebang.ledger.models import Head, Record

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which record; `number` is where the chain speaks of it."""

    number: int
    sentence: str


def newest() -> QuerySet[Record]:
    """Return the records, newest first."""
    return Record.objects.order_by("-number")


def head() -> Head:
    """Return the end of the chain; of an empty one, its beginning."""
    return Head.objects.filter(pk=1).first() or Head(pk=1, digest=canonical.GENESIS)


def record(number: int) -> Record:
    """Return the record of this number; raises NotFound."""
    found = Record.objects.filter(number=number).first()
    if found is None:
        raise NotFound(f"没有第 {number} 号存证记录，请核对存证号")
    return found


def check_one(asked: Record) -> list[Fault]:
    """Return what is wrong with one record: itself, its neighbours, what it speaks of."""
    faults = _faults_in(asked)
    before = Record.objects.filter(number=asked.number - 1).first()
    if asked.previous != (before.digest if before else canonical.GENESIS) or (
        before is None and asked.number != 1
    ):
        faults.append(Fault(asked.number, "与上一条记录不相连"))
    after = Record.objects.filter(number=asked.number + 1).first()
    end = head()
    following = after.previous if after else end.digest
    if following != asked.digest or (after is None and end.number != asked.number):
        faults.append(Fault(asked.number, "与下一条记录不相连"))
    if faults:
        return faults
    claims = _claims([asked])
    about = f"{asked.about_type}:{asked.about_id}"
    later = Record.objects.filter(
        about_type=asked.about_type, about_id=asked.about_id, number__gt=asked.number
    )
    for other in later:
        for column in _facts(other)["columns"]:
            claims.pop((about, column), None)
    return list(_broken(claims))


def check_all() -> Iterator[Fault]:
    """Go through the whole chain, then hold what it said last against the database."""
    previous, number = canonical.GENESIS, 0
    sound: list[Record] = []
    claims: dict[tuple[str, str], tuple[int, Any]] = {}
    for each in Record.objects.order_by("number").iterator(CHUNK):
        if each.number != number + 1:
            yield Fault(each.number, f"第 {number + 1} 号至第 {each.number - 1} 号记录缺失")
        elif each.previous != previous:
            yield Fault(each.number, "与上一条记录不相连")
        faults = _faults_in(each)
        yield from faults
        previous, number = each.digest, each.number
        if not faults:
            sound.append(each)
        if len(sound) == CHUNK:
            claims |= _claims(sound)
            sound = []
    claims |= _claims(sound)
    end = head()
    if (end.number, end.digest) != (number, previous):
        yield Fault(number, f"链尾登记为第 {end.number} 号，与最后一条记录不符")
    yield from _broken(claims)


def _faults_in(record: Record) -> list[Fault]:
    try:
        facts = json.loads(record.facts)
        sound = canonical.text(facts) == record.facts and canonical.digest(record) == record.digest
    except ValueError:
        sound = False
    return [] if sound else [Fault(record.number, "记录内容与其哈希不符")]


def _facts(record: Record) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(record.facts)
    return facts


def _claims(records: Iterable[Record]) -> dict[tuple[str, str], tuple[int, Any]]:
    """Return what the records say last: (row, column) → (number of the record, value)."""
    claims: dict[tuple[str, str], tuple[int, Any]] = {}
    for each in records:
        facts = _facts(each)
        rows = {f"{each.about_type}:{each.about_id}": facts["columns"], **facts["fixed"]}
        for row, columns in rows.items():
            for column, value in columns.items():
                claims[row, column] = (each.number, value)
    return claims


def _broken(claims: dict[tuple[str, str], tuple[int, Any]]) -> Iterator[Fault]:
    """Hold the claims against the database: one query for up to `CHUNK` rows of a kind."""
    wanted: dict[str, dict[int, dict[str, tuple[int, Any]]]] = {}
    for (row, column), said in claims.items():
        label, _, row_id = row.rpartition(":")
        wanted.setdefault(label, {}).setdefault(int(row_id), {})[column] = said
    for label, rows in wanted.items():
        model = apps.get_model(label)
        names = sorted({column for columns in rows.values() for column in columns})
        keys = sorted(rows)
        for start in range(0, len(keys), CHUNK):
            part = keys[start : start + CHUNK]
            stored = {
                found["pk"]: canonical.plainly(found)
                for found in model._base_manager.filter(pk__in=part).values("pk", *names)
            }
            for key in part:
                yield from _differences(model._meta.verbose_name, rows[key], stored.get(key))


def _differences(
    name: object, columns: dict[str, tuple[int, Any]], stored: dict[str, Any] | None
) -> Iterator[Fault]:
    if stored is None:
        number = max(number for number, _ in columns.values())
        yield Fault(number, f"所记的{name}已从数据库中消失")
        return
    for column, (number, value) in columns.items():
        if stored[column] != value:
            yield Fault(number, f"所记的{name}已被改动（{column}）")
