"""Needs and results in number, for load and benchmarks: written in bulk, not told as a story."""

import random
import tomllib
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from jiebang.achievements.models import Achievement
from jiebang.library.models import Indicator, TechNeed
from jiebang.library.states import State
from jiebang.recommendations import outbox
from jiebang.taxonomy.models import TechField

BATCH = 2_000
COMPARATORS = {"≥": ">=", "≤": "<="}
Report = Callable[[int, int], None]


@cache
def _parts() -> dict[str, list[Any]]:
    path = Path(__file__).parent / "data" / "volume.toml"
    return tomllib.loads(path.read_text("utf-8"))


def write(*, count: int, seed: int, report: Report) -> int:
    """Write `count` gathered needs and as many results; returns how many were new.

    The same seed writes the same rows, and writing again adds only what is missing.
    """
    fields = list(TechField.objects.filter(parent=None).order_by("pk"))
    prefix = f"volume:{seed}:"
    known = TechNeed.objects.filter(source_key__startswith=prefix).count()
    for start in range(known, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        with transaction.atomic():
            _write_batch(prefix, numbers, seed, fields)
        report(numbers.stop, count)
    if known < count:
        with transaction.atomic():
            outbox.note_everything()
    return max(0, count - known)


def _write_batch(prefix: str, numbers: range, seed: int, fields: list[TechField]) -> None:
    needs, indicators, results = [], [], []
    for n in numbers:
        chance = random.Random(f"{seed}-{n}")  # noqa: S311 - reproducible, not secret
        field = chance.choice(fields)
        need, metric = _need(chance)
        needs.append(
            TechNeed(
                state=State.ENDORSED,
                version=1,
                tech_field=field,
                source_key=f"{prefix}{n}",
                source_unit="批量样例",
                **need,
            )
        )
        indicators.append(metric)
        result = _result(chance)
        results.append(
            Achievement(
                tech_field=chance.choice(fields),
                source_key=f"{prefix}{n}",
                source_unit="批量样例",
                **result,
            )
        )
    TechNeed.objects.bulk_create(needs)
    Indicator.objects.bulk_create(
        Indicator(need=need, position=0, **row) for need, row in zip(needs, indicators, strict=True)
    )
    Achievement.objects.bulk_create(results)


def _need(chance: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    material, part, process, problem = _pick(chance)
    name, sign, unit, low, high = chance.choice(_parts()["metrics"])
    value = chance.randint(low, high)
    goal = f"{name}{sign}{value}{unit}"
    content = {
        "title": f"{material}{part}{process}关键技术",
        "keywords": f"{material},{part},{process}",
        "main_problem": (
            f"{part}采用{material}后{problem}，现有{process}设备和工艺窗口不能满足量产要求，"
            f"需要在不增加工序的前提下使{goal}，并给出可复现的工艺参数。"
        ),
        "key_technology": f"{material}的{process}机理；{part}结构与工艺协同设计；{name}在线测试。",
        "expected_goal": f"形成{material}{part}样品并通过测试，{goal}。",
        "total_budget": Decimal(chance.randrange(100, 3000, 10)),
        "term_months": chance.choice((12, 18, 24, 36)),
    }
    metric = {
        "name": name,
        "comparator": COMPARATORS[sign],
        "value": Decimal(value),
        "unit": unit,
        "test_method": "第三方检测",
    }
    return content, metric


def _result(chance: random.Random) -> dict[str, Any]:
    material, part, process, problem = _pick(chance)
    name, sign, unit, low, high = chance.choice(_parts()["metrics"])
    return {
        "title": f"面向{part}的{material}{process}技术",
        "keywords": f"{material},{part},{process}",
        "summary": (
            f"针对{part}{problem}的问题，提出{material}{process}新工艺，"
            f"样品{name}{sign}{chance.randint(low, high)}{unit}，已完成小批量验证。"
        ),
        "trl": chance.randint(3, 8),
        "form": chance.choice(("patent", "prototype", "process", "material")),
    }


def _pick(chance: random.Random) -> list[str]:
    parts = _parts()
    return [chance.choice(parts[k]) for k in ("materials", "parts", "processes", "problems")]
