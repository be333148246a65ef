"""The papers of an application: handed in by the solver, read by parties, bureau and panel."""

from collections.abc import Sequence

from django.db.models import QuerySet

from jiebang.acceptance import policies, queries
from jiebang.acceptance.models import Acceptance
from jiebang.acceptance.states import WITH_SOLVER, Paper
from jiebang.accounts.models import User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.files.registry import Held, Holder, Slot, register
from jiebang.organizations.models import Organization


def _slots(acceptance: Acceptance) -> Sequence[Slot]:
    needed = queries.rules_of(acceptance.contract.call).papers
    return [Slot(p.value, str(p.label), needed=p.value in needed) for p in Paper]


def _visible(actor: User | None) -> QuerySet[Acceptance]:
    return queries.visible_to(actor) if actor else Acceptance.objects.none()


def _may_read(actor: User | None, acceptance: Acceptance, held: Held) -> Decision:
    if policies.may_read(actor, acceptance):
        return ALLOWED
    return Decision("验收材料只供合同各方、科技局和验收专家查阅", code="not_a_party")


def _may_write(actor: User, acceptance: Acceptance) -> Decision:
    if acceptance.state not in WITH_SOLVER:
        return Decision("验收申请已提交，材料不能再改；退回补正时可以调整", code="not_in_progress")
    return policies.may_apply(actor, acceptance.contract)


def _unit(actor: User, acceptance: Acceptance) -> Organization | None:
    return acceptance.contract.solver


register(
    Holder(
        name="acceptance",
        model="acceptance.acceptance",
        slots=_slots,
        visible=_visible,
        may_read=_may_read,
        may_write=_may_write,
        marked=lambda acceptance, held: True,
        unit=_unit,
    )
)
