"""Many people act on one commission in one moment: exactly one step is taken."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.challenges import services as challenges
from jiebang.commissions import decisions
from jiebang.commissions.models import Commission, Item
from jiebang.contracts.models import Contract
from tests.commissions import steps
from tests.concurrency.test_races import again, at_once
from tests.factories import make_approver, make_call, make_need, make_officer

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


def test_of_fifty_simultaneous_approvals_one_takes_effect():
    made, approver = steps.propose(), make_approver()

    def approve(n):
        seen, action = again(made), ("approve", "return")[n % 2]
        return lambda: steps.move(seen, action, approver)

    ends = at_once(*map(approve, range(MANY)))

    assert (ends.count("ok"), set(ends)) == (1, {"ok", "stale"})
    assert Commission.objects.get().state in ("approved", "returned")


def test_of_fifty_who_let_a_notice_take_effect_one_does_and_one_contract_begins():
    call = make_call(rules={"commission_notice_days": 0})
    made = steps.notice(needs=[make_need("in_library", call=call)])
    approver = make_approver()

    def conclude(_):
        seen = again(made)
        return lambda: decisions.conclude(commission=seen, actor=approver)

    ends = at_once(*map(conclude, range(MANY)))

    assert (ends.count("ok"), set(ends)) == (1, {"ok", "stale"})
    assert Contract.objects.count() == 1


def test_of_ten_commissions_of_one_need_proposed_in_one_moment_one_holds_it():
    need, officer = make_need("in_library"), make_officer()
    drafts = [steps.draft(needs=[need], actor=officer) for _ in range(10)]
    for draft in drafts:
        steps.support(draft)

    def propose(n):
        seen = again(drafts[n])
        return lambda: decisions.propose(commission=seen, actor=officer)

    ends = at_once(*map(propose, range(10)))

    assert ends.count("ok") == 1
    assert set(ends) <= {"ok", "stale", "commissioned_already"}
    assert Item.objects.filter(running=True).count() == 1
    assert Commission.objects.filter(state="proposed").count() == 1


def test_a_need_is_posted_or_commissioned_and_never_both():
    need, officer = make_need("in_library"), make_officer()
    draft = steps.draft(needs=[need], actor=officer)
    steps.support(draft)
    soon = timezone.now() + timedelta(hours=1)
    times = {"opens_at": soon, "closes_at": soon + timedelta(days=40)}
    seen, free = again(draft), again(need)
    ends = at_once(
        lambda: decisions.propose(commission=seen, actor=officer),
        lambda: challenges.post(need=free, actor=officer, **times),
    )
    assert ends.count("ok") == 1
    assert again(need).state in ("posted", "commissioned")
