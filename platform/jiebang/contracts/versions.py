"""What a contract says, as it was sent for signing or changed, and what differs between two."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django.db.models import Field, Model

from jiebang.accounts.models import User
from jiebang.common.money import in_wan
from jiebang.contracts.models import BudgetLine, Contract, ContractVersion, Milestone
from jiebang.contracts.states import Consequence, Item

AMOUNTS = ("amount", "grant", "self_raised", "matching")
DAYS = ("starts_on", "ends_on")
TEXTS = ("title", "ip_terms")
OF_MILESTONE = (
    *("title", "goal", "due_on", "tranche", "upfront", "evidence_asked", "consequence"),
    *("expert_check",),
)


def _names(model: type[Model], columns: Iterable[str]) -> dict[str, str]:
    named = cast("dict[str, Field[Any, Any]]", {f.name: f for f in model._meta.get_fields()})
    return {name: str(named[name].verbose_name) for name in columns}


LABELS = _names(Contract, (*TEXTS, *AMOUNTS, *DAYS))
STONE_LABELS = _names(Milestone, OF_MILESTONE)


class Difference(NamedTuple):
    """One thing that differs: what, and how it reads before and after."""

    label: str
    before: str
    after: str


def take(contract: Contract) -> dict[str, Any]:
    """Return what the contract says now, ready for a JSON column."""
    stones = contract.milestones.prefetch_related("indicators").order_by("position")
    return {
        **{name: plain(getattr(contract, name)) for name in LABELS},
        "budget": {line.item: plain(line.amount) for line in contract.budget.all()},
        "milestones": {
            str(stone.position): {
                **{name: plain(getattr(stone, name)) for name in OF_MILESTONE},
                "indicators": sorted(row.pk for row in stone.indicators.all()),
            }
            for stone in stones
        },
    }


def keep(contract: Contract, *, why: str, actor: User | None) -> ContractVersion:
    """Write the next version; the caller holds the contract's row."""
    contract.version += 1
    Contract.objects.filter(pk=contract.pk).update(version=contract.version)
    return ContractVersion.objects.create(
        contract=contract,
        number=contract.version,
        content=take(contract),
        why=why[:200],
        made_by=actor,
    )


def apply(contract: Contract, after: Mapping[str, Any]) -> list[Milestone]:
    """Write what a request changes and return the milestones it touched.

    The caller has checked it and holds the contract's row.
    """
    columns = {name: typed(name, after[name]) for name in LABELS if name in after}
    if columns:
        Contract.objects.filter(pk=contract.pk).update(**columns)
        for name, value in columns.items():
            setattr(contract, name, value)
    if "budget" in after:
        contract.budget.all().delete()
        BudgetLine.objects.bulk_create(
            BudgetLine(contract=contract, item=item, amount=Decimal(amount))
            for item, amount in after["budget"].items()
        )
    for key, changes in after.get("milestones", {}).items():
        values = {name: typed(name, value) for name, value in changes.items()}
        contract.milestones.filter(position=int(key)).update(**values)
    contract.__dict__.pop("_prefetched_objects_cache", None)
    return list(contract.milestones.filter(position__in=after.get("milestones", {})))


def written(after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was asked for as a version writes it: `12.50` and `12.5` are the same."""
    found: dict[str, Any] = {}
    for name, value in after.items():
        if name == "milestones":
            found[name] = {str(key): written(row) for key, row in value.items()}
        elif name == "budget":
            found[name] = {
                item: plain(Decimal(amount)) for item, amount in value.items() if Decimal(amount)
            }
        else:
            money = name in (*AMOUNTS, "tranche", "upfront")
            found[name] = plain(Decimal(value)) if money else plain(value)
    return found


def narrowed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return of `after` only what differs from `before`, down to the milestones' columns."""
    found: dict[str, Any] = {}
    for name, value in after.items():
        if name == "milestones":
            stones = {
                key: left
                for key, changes in value.items()
                if (left := narrowed(before.get(name, {}).get(key, {}), changes))
            }
            found |= {name: stones} if stones else {}
        elif before.get(name) != value:
            found[name] = value
    return found


def before_of(content: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the contract stands at the places that `after` changes."""
    return {
        name: {
            key: {column: content[name][key][column] for column in changes}
            for key, changes in value.items()
        }
        if name == "milestones"
        else content[name]
        for name, value in after.items()
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs, in the order of the contract; milestones go by their position."""
    found = [
        Difference(label, read(name, before.get(name)), read(name, after.get(name)))
        for name, label in LABELS.items()
        if name in after and before.get(name) != after.get(name)
    ]
    old, new = before.get("budget", {}), after.get("budget", {})
    found += [
        Difference(
            f"预算：{item.label}", read("amount", old.get(item)), read("amount", new.get(item))
        )
        for item in Item
        if old.get(item) != new.get(item) and "budget" in after
    ]
    stones = before.get("milestones", {})
    for key, changes in after.get("milestones", {}).items():
        was = stones.get(key, {})
        found += [
            Difference(f"里程碑 {key}：{label}", read(n, was.get(n)), read(n, changes.get(n)))
            for n, label in STONE_LABELS.items()
            if n in changes and was.get(n) != changes.get(n)
        ]
    gone = [key for key in stones if key not in after.get("milestones", stones)]
    return found + [Difference(f"里程碑 {key}", stones[key].get("title", ""), "—") for key in gone]


def plain(value: Any) -> Any:
    """Return a value as JSON has it: money and days as text, equal ones alike."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, str):
        return value.replace("\r\n", "\n")  # as browsers send it, and as others do
    return value.isoformat() if isinstance(value, date) else value


def typed(name: str, value: Any) -> Any:
    """Return a column's value from its JSON."""
    if name in (*AMOUNTS, "tranche", "upfront"):
        return Decimal(value)
    if name in (*DAYS, "due_on"):
        return date.fromisoformat(value) if isinstance(value, str) else value
    return value


def read(name: str, value: Any) -> str:
    """Return a value as people read it; a dash for nothing."""
    if value in (None, ""):
        return "—"
    if name in (*AMOUNTS, "tranche", "upfront"):
        return in_wan(Decimal(value))
    if name in (*DAYS, "due_on"):
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if name == "consequence":
        return str(Consequence(value).label)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
