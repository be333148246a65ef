"""Requests: coded, one at a time, agreed to by the poster, decided by a second person."""

from datetime import timedelta
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.utils import timezone

from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import Conflict, DomainError, Invalid, NotAllowed, RuleBroken, Stale
from jiebang.contracts import changes, policies, versions
from jiebang.contracts.models import ChangeRequest, Contract, ContractVersion
from jiebang.contracts.states import (
    REASONS,
    RequestAction,
    RequestKind,
    RequestState,
    State,
)
from tests.contracts import steps
from tests.contracts.steps import ask, decided
from tests.factories import (
    make_approver,
    make_award,
    make_call,
    make_challenge,
    make_contract,
    make_need,
    make_officer,
    make_proposal,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def running():
    """A running contract of 600 over 600 days, two milestones of 300."""
    return make_contract("running")


@pytest.fixture
def people(running):
    return {
        "solver": make_user(unit=running.solver),
        "poster": make_user(unit=running.poster),
        "officer": make_officer(),
        "approver": make_approver(),
    }


def standing():
    return list(Contract.objects.values()), list(ChangeRequest.objects.values())


@pytest.mark.parametrize("action", RequestAction)
@pytest.mark.parametrize("state", RequestState)
def test_every_pair_of_state_and_action(running, people, state, action):
    request = ask(running, people["solver"])
    ChangeRequest.objects.update(state=state)
    request.refresh_from_db()
    target = {
        ("asked", "agree"): "agreed",
        ("asked", "decline"): "declined",
        ("agreed", "approve"): "approved",
        ("agreed", "reject"): "rejected",
        ("asked", "withdraw"): "withdrawn",
        ("agreed", "withdraw"): "withdrawn",
    }.get((state, action))
    who = {"withdraw": "solver", "agree": "poster", "decline": "poster"}.get(action, "approver")
    if target:
        changes.move(request=request, action=action, actor=people[who], note="理由")
    else:
        with pytest.raises(DomainError):
            changes.move(request=request, action=action, actor=people[who], note="理由")
    assert ChangeRequest.objects.get().state == (target or state)


ASKERS = {
    "change": {"solver", "poster"},
    "extension": {"solver", "poster"},
    "termination": {"solver", "poster", "officer"},
    "revocation": {"officer"},
}


@pytest.mark.parametrize("kind", RequestKind)
def test_who_may_ask_for_what_and_whom_nobody_has_to_ask(running, people, kind):
    everybody = {**people, "auditor": make_user(PlatformRole.AUDITOR)}
    allowed = {who for who, user in everybody.items() if policies.may_ask(user, kind, running)}
    assert allowed == ASKERS[kind]
    for who in sorted(set(everybody) - allowed):
        with pytest.raises(NotAllowed):
            ask(running, everybody[who], kind)
    assert not ChangeRequest.objects.exists()
    for who in sorted(allowed):
        with transaction.atomic():
            request = ask(running, everybody[who], kind)
            straight = who == "poster" or kind == "revocation"
            assert request.state == ("agreed" if straight else "asked")
            transaction.set_rollback(True)


@pytest.mark.parametrize("kind", RequestKind)
def test_without_a_reason_of_its_kind_nothing_is_asked(running, people, kind):
    who = people["officer" if kind == "revocation" else "solver"]
    foreign = next(r for k in RequestKind for r in REASONS[k] if r not in REASONS[kind])
    for reason in ("", foreign):
        with pytest.raises(Invalid) as caught:
            ask(running, who, kind, reason=reason)
        assert (caught.value.code, set(caught.value.fields)) == ("reason_code_required", {"reason"})
    assert not ChangeRequest.objects.exists()


def test_of_a_contract_one_request_is_under_way_and_the_database_knows(running, people):
    first = ask(running, people["solver"])
    before = standing()
    for kind in ("change", "extension", "termination"):
        with pytest.raises(Conflict) as caught:
            ask(running, people["poster"], kind)
        assert caught.value.code == "request_pending"
    with (
        pytest.raises(IntegrityError, match=r"request_one_pending|contract_id"),
        transaction.atomic(),
    ):
        ChangeRequest.objects.create(
            contract=running, kind="change", reason="route", version=0, asked_by=people["solver"]
        )
    assert standing() == before
    changes.move(request=first, action="withdraw", actor=people["solver"])
    assert ask(running, people["poster"], "termination").state == "agreed"


def test_nobody_decides_what_they_asked_for(running, people):
    both = people["officer"]
    both.role_grants.create(role="approver")
    request = ask(running, both, "revocation")
    with pytest.raises(NotAllowed) as caught:
        changes.move(request=request, action="approve", actor=both, note="同意")
    assert (caught.value.code, Contract.objects.get().state) == ("same_person", "running")
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        ChangeRequest.objects.update(decided_by=both)


def test_a_change_shows_before_and_after_and_makes_a_version(running, people):
    after = {
        "amount": "500.00",
        "milestones": {
            "1": {"tranche": "200", "due_on": str(running.starts_on + 90 * DAY)},
            "2": {"tranche": Decimal(300)},
        },
    }
    request = ask(running, people["solver"], after=after)
    shown = {row.label: (row.before, row.after) for row in versions.differences(
        request.before, request.after
    )}  # fmt: skip
    assert shown["合同金额（万元）"] == ("600.00 万元", "500.00 万元")
    assert shown["里程碑 1：拨付金额（万元）"] == ("300.00 万元", "200.00 万元")
    assert set(request.after["milestones"]) == {"1"}  # what stays the same is no change
    assert Contract.objects.get().amount == 600

    decided(request, people)

    row = Contract.objects.get()
    stones = list(row.milestones.values_list("tranche", "due_on"))
    assert (row.amount, row.version, row.ceiling) == (500, 1, 600)
    assert stones[0] == (200, running.starts_on + 90 * DAY)
    version = ContractVersion.objects.get()
    assert (version.number, version.content["amount"]) == (1, "500")


@pytest.mark.parametrize(
    ("after", "field"),
    [
        ({"amount": "601"}, "amount"),
        ({"amount": "99"}, "amount"),
        ({"amount": "500"}, "milestones"),
        ({"milestones": {"1": {"tranche": "299"}}}, "milestones"),
        ({"milestones": {"1": {"tranche": "-1"}, "2": {"tranche": "601"}}}, "milestones-1-upfront"),
        ({"milestones": {"1": {"due_on": "2020-01-01"}}}, "milestones-1-due_on"),
        ({"milestones": {"1": {"state": "confirmed"}}}, "milestones-1"),
        ({"milestones": {"7": {"goal": "x"}}}, "milestones-7"),
        ({"milestones": {"1": {"upfront": "301"}}}, "milestones-1-upfront"),
        ({"solver": 3}, "solver"),
        ({"amount": "很多"}, "after"),
        ({"milestones": {"1": {"due_on": "明天"}}}, "after"),
        ({"milestones": "全部"}, "after"),
        ({"self_raised": "-1"}, "self_raised"),
        ({"budget": {"equipment": "3"}}, "budget"),
    ],
)
def test_a_change_keeps_to_the_award_the_sums_and_what_is_open(running, people, after, field):
    before = standing()
    with pytest.raises(Invalid) as caught:
        ask(running, people["solver"], after=after)
    assert (caught.value.code, field in caught.value.fields) == ("change_invalid", True)
    assert standing() == before


def test_what_was_confirmed_or_drawn_is_not_changed(running, people):
    running.milestones.filter(position=1).update(state="confirmed")
    with pytest.raises(Invalid) as caught:
        ask(running, people["solver"])
    assert "milestones-1" in caught.value.fields
    with pytest.raises(Invalid) as caught:
        ask(running, people["solver"], after={})
    assert caught.value.code == "nothing_changed"
    assert not ChangeRequest.objects.exists()


def test_a_contract_is_extended_once_at_most_a_year_and_asked_for_in_time(running, people):
    end = running.ends_on
    for ends_on, code in (
        (end, "extension_invalid"),
        (None, "extension_invalid"),
        (end + relativedelta(months=12) + DAY, "extension_too_long"),
    ):
        with pytest.raises(DomainError) as caught:
            ask(running, people["solver"], "extension", ends_on=ends_on)
        assert caught.value.code == code
    decided(
        ask(running, people["solver"], "extension", ends_on=end + relativedelta(months=12)), people
    )
    row = Contract.objects.get()
    assert (row.ends_on, row.extensions, row.version) == (end + relativedelta(months=12), 1, 1)
    with pytest.raises(RuleBroken) as caught:
        ask(row, people["solver"], "extension")
    assert (caught.value.code, ChangeRequest.objects.count()) == ("extension_used", 1)


def test_an_extension_is_too_late_in_the_last_months(running, people):
    Contract.objects.update(
        starts_on=timezone.localdate() - 300 * DAY, ends_on=timezone.localdate() + 80 * DAY
    )
    running.refresh_from_db()
    with pytest.raises(RuleBroken) as caught:
        ask(running, people["solver"], "extension")
    assert (caught.value.code, ChangeRequest.objects.count()) == ("extension_late", 0)


def test_the_call_sets_how_often_how_long_and_how_early():
    call = make_call(
        {"extensions_most": 2, "extension_max_months": 3, "extension_notice_months": 0}
    )
    need = make_need("posted", call=call)
    bid = make_proposal("awarded", challenge=make_challenge("awarded", need=need))
    contract = make_contract("running", award=make_award(bid))
    people = {"poster": make_user(unit=contract.poster), "approver": make_approver()}
    for times in (1, 2):
        contract.refresh_from_db()
        end = contract.ends_on + relativedelta(months=3)
        decided(ask(contract, people["poster"], "extension", ends_on=end), people)
        assert Contract.objects.get().extensions == times
    contract.refresh_from_db()
    with pytest.raises(RuleBroken):
        ask(contract, people["poster"], "extension")


def test_who_decides_under_an_old_version_looks_again(running, people):
    request = ask(running, people["poster"])
    Contract.objects.update(version=3)
    for version in (0, None):  # as read by the decider; as it was when it was asked for
        with pytest.raises(Stale) as caught:
            changes.move(
                request=request,
                action="approve",
                actor=people["approver"],
                note="同意",
                version=version,
            )
        assert caught.value.code == "old_version"
    assert ChangeRequest.objects.get().state == "agreed"


@pytest.mark.parametrize("kind", ["termination", "revocation"])
def test_a_contract_ends_when_the_bureau_decides(running, kind):
    ended = steps.end(running, kind)
    assert ended.state == {"termination": "terminated", "revocation": "revoked"}[kind]
    assert ended.award.challenge.need.state == "in_library"


@pytest.mark.parametrize("state", sorted(set(State) - {State.RUNNING}))
@pytest.mark.parametrize("kind", RequestKind)
def test_only_of_a_running_contract_something_is_asked(kind, state):
    contract = make_contract(state)
    actor = make_officer() if kind == "revocation" else make_user(unit=contract.solver)
    with pytest.raises(DomainError) as caught:
        ask(contract, actor, kind)
    assert (caught.value.code, ChangeRequest.objects.count()) == ("wrong_state", 0)
