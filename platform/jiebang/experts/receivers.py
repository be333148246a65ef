"""Answers the library, which asks whom the graph bars from appraising a need."""

from typing import Any

from django.dispatch import receiver

from jiebang.experts import queries
from jiebang.library.models import TechNeed
from jiebang.library.signals import appraisers_weighed


@receiver(appraisers_weighed)
def say_who_is_barred(need: TechNeed, **_: Any) -> dict[int, str]:
    """Return by the key of a user which edge bars."""
    return queries.barred_from(need)
