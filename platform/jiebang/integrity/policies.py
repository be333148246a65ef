"""Who keeps the records, who answers them, who reads them."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.states import LIFE
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units

BUREAU = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)


def may_enter(actor: User) -> Decision:
    """Say whether the actor enters records: an officer."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Decision("诚信记录由科技局经办人员登记", code="role_required")


def may(actor: User, action: str, record: IntegrityRecord) -> Decision:
    """Say whether the actor may lift it: an approver who did not enter it and is not its subject.

    Two people are in it, so that nobody undoes alone what shuts others out.
    """
    if not actor.has_role(PlatformRole.APPROVER):
        return Decision("诚信记录由科技局审批人员解除", code="role_required")
    if record.entered_by_id == actor.pk:
        return Decision("不能解除自己登记的诚信记录，请由其他审批人员办理", code="own_entry")
    if _is_about(actor, record):
        return Decision("记录涉及您本人或您的单位，应当回避", code="recusal")
    return ALLOWED


def may_answer(actor: User, record: IntegrityRecord) -> Decision:
    """Say whether the actor may answer: the person itself, or who writes for the unit."""
    if record.unit is not None:
        return unit_policies.may_write_for(actor, record.unit)
    if record.person_id == actor.pk:
        return ALLOWED
    return Decision("陈述申辩由记录所涉的本人提交", code="not_the_subject")


def actions_for(actor: User, record: IntegrityRecord) -> list[str]:
    """Return what this person can do with the record now."""
    return [a for a in LIFE.actions_from(record.state) if may(actor, a, record)]


def _is_about(actor: User, record: IntegrityRecord) -> bool:
    if record.unit_id is not None:
        return units.role_in(actor, record.unit_id) is not None
    return record.person_id == actor.pk
