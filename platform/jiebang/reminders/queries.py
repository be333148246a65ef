"""Whom an event concerns that has no row of its own in the thing that happened."""

from django.conf import settings

from jiebang.recommendations.models import Kind, Match


def suited_units(need_id: int) -> list[int]:
    """Return the keys of the units that the matcher found for a need, best first."""
    found = Match.objects.filter(
        run__subject_kind=Kind.NEED, run__subject_id=need_id, run__object_kind=Kind.ORGANIZATION
    )
    keys = found.order_by("rank").values_list("object_id", flat=True)
    return list(keys[: settings.TOLD_OF_A_CHALLENGE])
