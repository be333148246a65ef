"""Making the demo city, once."""

from collections.abc import Callable

from django.db import transaction

from jiebang.demo import afterwards, commissions, founding, panels, story, volume
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
    afterwards.rules(calls)
    report("批次", 3, 4)
    founding.all_achievements()
    report("成果", 4, 4)
    return story.tell(
        calls, lambda done, total: report("需求与合同", done, total), commissions.events
    )


def grow(*, thousands: int, seed: int, report: Report) -> int:
    """Add needs and results in number; see `volume`."""
    count = thousands * 1000
    return volume.write(
        count=count, seed=seed, report=lambda done, total: report("批量数据", done, total)
    )
