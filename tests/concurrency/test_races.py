"""Two people in the same moment: one wins, the others are told; on SQLite and on PostgreSQL."""

import threading
from decimal import Decimal

import pytest
from django.db import connections

from jiebang.accounts.models import User
from jiebang.audit.models import Entry
from jiebang.awards import services as awards
from jiebang.awards.models import Award
from jiebang.challenges.models import Challenge
from jiebang.common.errors import DomainError
from jiebang.contracts import services as contracts
from jiebang.contracts.models import Contract, Signature
from jiebang.library import screening
from jiebang.organizations import services as organizations
from jiebang.organizations.models import Membership, Organization
from jiebang.proposals import services as proposals
from jiebang.proposals.models import Proposal, Receipt
from tests.factories import (
    make_approver,
    make_challenge,
    make_contract,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls in threads that start together; return how each ended: `ok` or a code."""
    gate = threading.Barrier(len(calls))
    ends = [""] * len(calls)

    def run(n, call):
        gate.wait()
        try:
            call()
            ends[n] = "ok"
        except DomainError as refusal:
            ends[n] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def again(row):
    return type(row).objects.get(pk=row.pk)


def test_of_eight_officers_who_decide_on_a_need_one_does():
    need = make_need("endorsed")
    officers = [make_officer() for _ in range(8)]
    seen = [again(need) for _ in officers]  # all have the page open before anybody decides

    def decide(n):
        action = "pass_check" if n % 2 else "reject"
        return lambda: screening.move(need=seen[n], action=action, actor=officers[n], note="理由")

    ends = at_once(*map(decide, range(8)))

    assert ends.count("ok") == 1
    assert set(ends) == {"ok", "stale"}
    assert again(need).state in ("appraisal", "rejected")
    assert Entry.objects.count() == 1


def test_of_two_approvers_who_award_two_bids_in_one_moment_one_does():
    challenge = make_challenge("closed")
    bids = [make_proposal("submitted", challenge=challenge) for _ in range(2)]
    approvers = [make_approver() for _ in range(2)]

    def decide(n):
        return lambda: awards.award(
            challenge=again(challenge),
            proposal=again(bids[n]),
            actor=again(approvers[n]),
            amount=Decimal(500),
            reason="技术路线成熟，指标全部响应",
        )

    ends = at_once(decide(0), decide(1))

    assert ends.count("ok") == 1
    assert set(ends) <= {"ok", "stale", "awarded_already", "wrong_state"}
    assert (Award.objects.count(), Contract.objects.count()) == (1, 1)
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["awarded", "not_awarded"]
    assert Challenge.objects.get().state == "awarded"


def test_a_unit_whose_members_start_a_bid_in_one_moment_has_one():
    challenge, unit = make_challenge(), make_university()
    members = [make_user(unit=unit) for _ in range(6)]
    ends = at_once(
        *(
            lambda m=m: proposals.start(
                challenge=again(challenge), lead=again(unit), actor=again(m)
            )
            for m in members
        )
    )
    assert ends == ["bid_already"] * 5 + ["ok"]
    assert Proposal.objects.count() == 1


def test_a_solution_handed_in_by_two_clicks_has_one_receipt():
    proposal = make_proposal()

    def submit():
        proposals.submit(proposal=again(proposal), actor=User.objects.get(pk=proposal.author_id))

    ends = at_once(submit, submit, submit)

    assert ends.count("ok") == 1
    assert set(ends) <= {"ok", "stale", "wrong_state"}
    assert (Receipt.objects.count(), Proposal.objects.get().version) == (1, 1)


def test_two_administrators_cannot_remove_each_other():
    unit = make_unit()
    people = [make_user(unit=unit) for _ in range(2)]
    rows = [unit.memberships.get(user=person) for person in people]

    def remove(n):
        return lambda: organizations.remove_member(
            membership=again(rows[1 - n]), actor=again(people[n])
        )

    ends = at_once(remove(0), remove(1))

    assert "ok" in ends
    left = Membership.objects.filter(active=True, role="administrator")
    assert (left.count(), len([e for e in ends if e == "ok"])) == (1, 1)
    assert Organization.objects.count() == 1


def test_a_side_that_signs_with_two_clicks_signs_once_and_the_contract_starts_once():
    contract = make_contract("signing")
    signers = {
        "poster": make_user(unit=contract.poster),
        "solver": make_user(unit=contract.solver),
        "bureau": make_approver(),
    }
    calls = [
        lambda side=side, signer=signer: contracts.sign(
            contract=again(contract), actor=again(signer), side=side
        )
        for side, signer in signers.items()
        for _ in range(2)
    ]

    ends = at_once(*calls)

    assert ends.count("ok") == 3
    assert (Signature.objects.count(), Contract.objects.get().state) == (3, "running")
    assert Entry.objects.filter(action="activate").count() == 1
