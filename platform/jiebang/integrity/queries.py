"""The one question at every gate, and the reading of records."""

from datetime import date

from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.common.errors import RuleBroken
from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.policies import BUREAU
from jiebang.integrity.states import SHUT, Gate, State
from jiebang.organizations.models import Organization
from jiebang.organizations.roles import roles_of

CODE = "integrity_record"


def standing(on: date | None = None) -> Q:
    """Return the condition of the records that hold on a day, today without one."""
    day = on or clock.today()
    forever = Q(holds_until=None) | Q(holds_until__gte=day)
    return forever & Q(state=State.IN_FORCE, holds_from__lte=day)


def may_pass(gate: str, subject: Organization | User, on: date | None = None) -> Decision:
    """Say whether a unit or person may pass a gate; a refusal names the record and its last day."""
    column = "unit" if isinstance(subject, Organization) else "person"
    shutting = [sanction for sanction, gates in SHUT.items() if gate in gates]
    rows = IntegrityRecord.objects.filter(
        standing(on), sanction__in=shutting, **{column: subject}
    ).order_by("pk")
    if not (held := list(rows)):
        return ALLOWED
    reasons = "；".join(_sentence(row) for row in held)
    name = subject.name if isinstance(subject, Organization) else subject.display_name
    return Decision(f"{name}有诚信记录，现在不能{Gate(gate).label}：{reasons}", code=CODE)


def check(gate: str, *subjects: Organization | User, on: date | None = None) -> None:
    """Raise RuleBroken where a record shuts the gate to one of them."""
    for subject in subjects:
        if not (answer := may_pass(gate, subject, on)):
            raise RuleBroken(
                f"{answer.reason}。如有异议，可在诚信记录中提交陈述申辩，由科技局复核", code=CODE
            )


def shut_out(gate: str, on: date | None = None) -> QuerySet[IntegrityRecord]:
    """Return the records that shut this gate on a day."""
    shutting = [sanction for sanction, gates in SHUT.items() if gate in gates]
    return IntegrityRecord.objects.filter(standing(on), sanction__in=shutting)


def visible_to(user: User) -> QuerySet[IntegrityRecord]:
    """Return the records that this person may read: all for the bureau; one's own and one's units'.

    They are nobody else's affair: the gates say no more than that there is one.
    """
    rows = IntegrityRecord.objects.select_related("unit", "person", "entered_by", "answered_by")
    if user.has_role(*BUREAU):
        return rows
    return rows.filter(Q(person=user) | Q(unit__in=roles_of(user)))


def answered() -> QuerySet[IntegrityRecord]:
    """Return the records in force that were answered: an approver has to look again."""
    rows = IntegrityRecord.objects.filter(standing()).exclude(answer="")
    return rows.select_related("unit", "person").order_by("answered_at", "pk")


def _sentence(row: IntegrityRecord) -> str:
    end = row.holds_until
    until = f"至{end.year}年{end.month}月{end.day}日" if end else "未定期限"
    return f"{row.get_source_display()}，{row.get_sanction_display()}，{until}（{row.number}）"
