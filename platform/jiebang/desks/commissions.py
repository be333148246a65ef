"""What waits for a person of the commissions."""

from django.urls import reverse

from jiebang.accounts.models import PlatformRole, User
from jiebang.commissions import policies, queries
from jiebang.commissions.models import Commission
from jiebang.commissions.states import State
from jiebang.desks.items import Todo

VERBS: dict[str, str] = {
    State.DRAFT: "完成并提交定向委托",
    State.RETURNED: "修改定向委托",
    State.PROPOSED: "审批定向委托",
    State.ELEVATED: "上级审批定向委托",
    State.APPROVED: "登记集体审议",
}
MOST = 50  # of one kind; the lists themselves show all


def of(user: User) -> list[Todo]:
    """Return the commissions in which this person takes the next step, and objections to answer."""
    waiting = queries.waiting(*VERBS)[:MOST] if _decides(user) else ()
    found = [_commission(row) for row in waiting if policies.takes_next(user, row)]
    if user.has_role(PlatformRole.APPROVER):
        found += [
            Todo(
                "答复定向委托异议",
                each.commission.title,
                reverse("web:commission-objection", args=[each.pk]),
                each.number,
                due=each.reply_by,
            )
            for each in queries.unanswered()[:MOST]
        ]
    return found


def _decides(user: User) -> bool:
    return user.has_role(PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.DIRECTOR)


def _commission(row: Commission) -> Todo:
    url = reverse("web:officer-commission", args=[row.pk])
    return Todo(VERBS[row.state], row.title, url, row.number, row.candidate.name)
