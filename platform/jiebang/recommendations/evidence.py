"""What speaks for or against a match beside its words; shown, and never a part of the score."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from jiebang.achievements import queries as achievements
from jiebang.achievements.models import Achievement
from jiebang.challenges.models import Challenge
from jiebang.common.money import in_wan
from jiebang.library.models import TechNeed
from jiebang.organizations.models import Organization
from jiebang.proposals.models import Proposal
from jiebang.recommendations import records
from jiebang.taxonomy.models import TechField

SAME, RELATED, APART = 0, 1, 2


class FieldDistance(NamedTuple):
    """How far the fields lie apart: 0 the same, 1 branches of one, 2 others."""

    distance: int
    says: str


@dataclass(frozen=True)
class Evidence:
    """The facts beside the score; None or an empty text where one side does not say."""

    field: FieldDistance | None
    trl_gap: int | None
    budget: str
    record: str
    record_parts: records.Record | None

    def __bool__(self) -> bool:
        """Say whether there is anything to show."""
        return bool(self.field or self.budget or self.record)


@dataclass(frozen=True)
class Known:
    """What is read once for many matches."""

    fields: Mapping[int, TechField]
    offered: Mapping[int, set[int]]  # the fields of a unit's results
    records: Mapping[int, records.Record]


def gather(things: Iterable[Any]) -> Known:
    """Read what the evidence of these things needs; at most five queries."""
    listed = list(things)
    units = {thing.pk for thing in listed if isinstance(thing, Organization)}
    solvers = {key for thing in listed if (key := _solver(thing)) is not None}
    offered: dict[int, set[int]] = {}
    if units:
        rows = achievements.on_offer().order_by().filter(owner__in=units, tech_field__isnull=False)
        for owner, field in rows.values_list("owner", "tech_field"):
            offered.setdefault(owner, set()).add(field)
    fields = {row.pk: row for row in TechField.objects.select_related("parent")} if listed else {}
    return Known(fields, offered, records.of_units(solvers))


def of(subject: Any, thing: Any, trl: tuple[int | None, int | None], known: Known) -> Evidence:
    """Return the evidence of one pair; asks the database nothing."""
    solver = _solver(thing)
    record = known.records.get(solver) if solver is not None else None
    now, target = trl
    return Evidence(
        field=_distance(_fields(subject, known), _fields(thing, known), known),
        trl_gap=target - now if now and target else None,
        budget=_budget(subject, thing),
        record=str(record) if record else "",
        record_parts=record,
    )


def _solver(thing: Any) -> int | None:
    """Return the unit that would solve, for whom the record counts."""
    match thing:
        case Organization():
            return thing.pk
        case Achievement():
            return thing.owner_id
        case Proposal():
            return thing.lead_id
    return None


def _fields(thing: Any, known: Known) -> set[int]:
    match thing:
        case Organization():
            return known.offered.get(thing.pk, set())
        case TechNeed() | Achievement() | Challenge():
            return {thing.tech_field_id} if thing.tech_field_id else set()
    return set()


def _distance(left: set[int], right: set[int], known: Known) -> FieldDistance | None:
    """Return how far the nearest two fields lie apart."""
    pairs = [
        (known.fields[a], known.fields[b])
        for a in sorted(left)
        for b in sorted(right)
        if a in known.fields and b in known.fields
    ]
    if not pairs:
        return None
    return min((_apart(*pair) for pair in pairs), key=lambda found: found.distance)


def _apart(left: TechField, right: TechField) -> FieldDistance:
    if left.pk == right.pk:
        return FieldDistance(SAME, f"同属{left.name}")
    if _top(left) == _top(right):
        top = left.parent or left
        return FieldDistance(RELATED, f"同在{top.name}：{left.name} ↔ {right.name}")
    return FieldDistance(APART, f"领域不同：{left.full_name} ↔ {right.full_name}")


def _top(field: TechField) -> int:
    return field.parent_id or field.pk


def _budget(subject: Any, thing: Any) -> str:
    match subject, thing:
        case Challenge(), Proposal():
            return _asked(thing.asked_amount, subject.bounty)
        case TechNeed(), Achievement() if thing.price_band:
            total = subject.bounty or subject.total_budget
            need = f"，需求金额 {in_wan(total)}" if total else ""
            return f"成果报价 {thing.price_band}{need}"
        case _, Challenge() if thing.bounty:
            return f"榜单金额 {in_wan(thing.bounty)}"
    return ""


def _asked(asked: Decimal | None, offered: Decimal | None) -> str:
    if asked is None or offered is None:
        return ""
    if asked <= offered:
        return f"申请 {in_wan(asked)}，在榜单金额 {in_wan(offered)}以内"
    return f"申请 {in_wan(asked)}，超出榜单金额 {in_wan(asked - offered)}"
