"""Hears of seats: an expert who has handed in a review is not taken off the panel."""

from typing import Any

from django.dispatch import receiver

from jiebang.awards.models import Review
from jiebang.common.errors import WrongState
from jiebang.experts.models import Seat
from jiebang.experts.signals import seat_leaving


@receiver(seat_leaving)
def keep_who_scored(seat_id: int, **_: Any) -> None:
    """Raise WrongState where there are scores already."""
    seat = Seat.objects.select_related("expert").get(pk=seat_id)
    scored = Review.objects.filter(
        reviewer=seat.expert.user_id, proposal__challenge=seat.challenge_id
    )
    if scored.exists():
        raise WrongState("该专家已提交评审，不能再退出或撤换", code="scored_already")
