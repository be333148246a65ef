"""Hears of requests, stage checks and races, and tells whoever has to act or was decided about."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole
from jiebang.contracts.models import ChangeRequest, Checkpoint, StageOpinion
from jiebang.contracts.signals import milestone_checked, race_moved, request_moved
from jiebang.contracts.states import CheckpointState, RequestState
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units

OF_A_REQUEST = {
    RequestState.ASKED: "待甲方同意",
    RequestState.AGREED: "待审定",
    RequestState.DECLINED: "甲方不同意",
    RequestState.APPROVED: "已审定同意",
    RequestState.REJECTED: "未予同意",
}


@receiver(request_moved)
def tell_of_request(request_id: int, state: str, **_: Any) -> None:
    """Tell the poster or the approvers that it waits for them, and the parties what came of it."""
    row = ChangeRequest.objects.select_related("contract").get(pk=request_id)
    contract, made = row.contract, RequestState(state)
    if made not in OF_A_REQUEST:
        return
    if made == RequestState.ASKED:
        people = units.people_of(contract.poster_id)
    elif made == RequestState.AGREED:
        people = accounts.holding(PlatformRole.APPROVER)
    else:
        people = units.people_of(contract.poster_id, contract.solver_id)
    tell(
        people=people,
        kind=Kind.CONTRACT,
        subject=f"{row.get_kind_display()}申请{OF_A_REQUEST[made]}：{contract.title}",
        text=row.answer or f"{row.get_reason_display()}。{row.explanation}",
        link=f"{reverse('web:contract', args=[contract.pk])}#requests",
        about=f"request:{request_id}:{state}",
    )


@receiver(milestone_checked)
def tell_of_check(opinions: list[int], **_: Any) -> None:
    """Tell each expert which report to look at, and until when."""
    rows = StageOpinion.objects.filter(pk__in=opinions)
    for row in rows.select_related("expert", "report__milestone__contract"):
        stone = row.report.milestone
        tell(
            people=[row.expert],
            kind=Kind.REVIEW,
            subject=f"请作阶段检查：{stone.contract.title}（{stone.title}）",
            link=reverse("web:stage-opinion", args=[row.pk]),
            due=row.due_on,
            about=f"stage-opinion:{row.pk}",
        )


@receiver(race_moved)
def tell_of_race(checkpoint_id: int, state: str, **_: Any) -> None:
    """Tell the approvers of a ranking, and the poster what was decided."""
    row = Checkpoint.objects.select_related("race__challenge__need").get(pk=checkpoint_id)
    said: dict[str, Any] = {
        "kind": Kind.CONTRACT,
        "link": reverse("web:race", args=[row.race_id]),
        "about": f"checkpoint:{checkpoint_id}:{state}:{row.ranked_by_id}",
    }
    title = f"{row.race.challenge.title}（{row.title}）"
    if state == CheckpointState.RANKED:
        people = accounts.holding(PlatformRole.APPROVER)
        tell(people=people, subject=f"赛马名次待决定：{title}", **said)
    elif state == CheckpointState.DECIDED:
        people = units.people_of(row.race.challenge.need.owner_id)
        tell(people=people, subject=f"赛马去留已决定：{title}", **said)
