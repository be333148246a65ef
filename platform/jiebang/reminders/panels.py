"""Hears what happens to seats on panels, and tells the expert or the bureau."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole
from jiebang.common import clock
from jiebang.experts import queries
from jiebang.experts.signals import seat_moved
from jiebang.experts.states import SeatAction
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind

INVITED = "invite"
# What the expert hears of, for somebody else did it; and what the officers hear of.
TO_THE_EXPERT = {
    SeatAction.LAPSE: "评审邀请逾期未答复，已失效",
    SeatAction.BAR: "因利害关系，您的评审已终止",
    SeatAction.REMOVE: "您的评审已由科技局撤换",
}
TO_THE_BUREAU = {
    SeatAction.DECLINE: "专家谢绝评审邀请",
    SeatAction.RECUSE: "专家申报回避",
    SeatAction.LAPSE: "专家逾期未答复评审邀请",
    SeatAction.BAR: "专家出现利害关系，已终止评审",
}


@receiver(seat_moved)
def tell_of_seat(seat_id: int, action: str, **_: Any) -> None:
    """Tell the expert of an invitation and of its end, and the officers of whoever leaves."""
    seat = queries.seats().get(pk=seat_id)
    title, about = seat.challenge.title, f"seat:{seat_id}:{action}"
    own = reverse("web:expert-seat", args=[seat_id])
    said: dict[str, Any] = {"kind": Kind.REVIEW, "people": [seat.expert.user], "link": own}
    if action == INVITED:
        end = clock.local(seat.answer_by)
        text = f"请于{end.year}年{end.month}月{end.day}日 {end:%H:%M} 前答复"
        subject = f"邀请您评审：{title}"
        tell(subject=subject, text=text, due=seat.answer_by, about=about, **said)
    if action in TO_THE_EXPERT:
        tell(subject=f"{TO_THE_EXPERT[SeatAction(action)]}：{title}", about=about, **said)
    if action in TO_THE_BUREAU:
        tell(
            people=accounts.holding(PlatformRole.OFFICER),
            kind=Kind.REVIEW,
            subject=f"{TO_THE_BUREAU[SeatAction(action)]}：{title}",
            text=str(seat.expert),
            link=reverse("web:officer-panel", args=[seat.challenge_id]),
            about=f"{about}:bureau",
        )
