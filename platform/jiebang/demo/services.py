"""Making the demo city, once."""

from collections.abc import Callable

from django.db import transaction

from jiebang.demo import (
    afterwards,
    commissions,
    decisions,
    founding,
    opinions,
    panels,
    races,
    records,
    story,
    volume,
)
from jiebang.demo.content import rows
from jiebang.library.models import Call
from jiebang.taxonomy import services as taxonomy

Report = Callable[[str, int, int], None]


def exists() -> bool:
    """Say whether the city's story has been told here."""
    return Call.objects.exists()


@transaction.atomic
def found(report: Report) -> int:
    """Make the whole city or nothing; returns how many steps its story took."""
    taxonomy.sync()
    founding.people()
    report("人员", 1, 4)
    founding.all_units()
    report("单位", 2, 4)
    panels.pool()
    calls = founding.all_calls()
    panels.rules(calls)
    officers = {row["key"]: founding.person(row["officer"]) for row in rows("calls")}
    decisions.rules(calls, officers.__getitem__)
    afterwards.rules(calls)
    report("批次", 3, 4)
    founding.all_achievements()
    report("成果", 4, 4)
    opinions.wishes()
    steps = story.tell(
        calls,
        lambda done, total: report("需求与合同", done, total),
        lambda *of: [*commissions.events(*of), *races.events(*of)],
    )
    records.tell(officers["this"])
    opinions.given()
    return steps


def grow(*, thousands: int, seed: int, report: Report) -> int:
    """Add needs and results in number; see `volume`."""
    count = thousands * 1000
    return volume.write(
        count=count, seed=seed, report=lambda done, total: report("批量数据", done, total)
    )
