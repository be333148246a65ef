"""Refusals: their status, their code, and that nothing changed."""

import pytest
from django.apps import apps
from django.utils import timezone

from jiebang.challenges.states import State as ChallengeState
from jiebang.library.states import State as NeedState
from jiebang.proposals.states import State
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

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
PAID = {"amount": "600", "grant": "0", "reason": "技术路线成熟，指标全部响应，经验丰富"}


def everything():
    """Return all that the platform knows."""
    models = [m for m in apps.get_models() if m.__module__.startswith("jiebang.")]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def late_bid():
    bid = make_proposal(challenge=make_challenge(ChallengeState.CLOSED))
    return bid.author, "post", f"proposals/{bid.pk}/moves/", {"action": "submit"}


def late_by_the_clock():
    bid = make_proposal()
    challenge = bid.challenge
    challenge.closes_at = timezone.now()  # still written down as open
    challenge.save()
    return bid.author, "post", f"proposals/{bid.pk}/moves/", {"action": "submit"}


def sealed_for(reader):
    def case():
        bid = make_proposal(State.SUBMITTED)
        return reader(bid), "get", f"proposals/{bid.pk}/", None

    return case


def sealed_list():
    bid = make_proposal(State.SUBMITTED)
    return make_officer(), "get", f"challenges/{bid.challenge_id}/proposals/", None


def sealed_award():
    bid = make_proposal(State.SUBMITTED)
    body = {"challenge": bid.challenge_id, "proposal": bid.pk, **PAID}
    return make_approver(), "post", "awards/", body


def poster_of(bid):
    return make_user(unit=bid.challenge.need.owner)


def rival_of(bid):
    return make_proposal(State.SUBMITTED, challenge=bid.challenge).author


def second_bid():
    bid = make_proposal()
    body = {"challenge": bid.challenge_id, "lead": bid.lead_id}
    return bid.author, "post", "proposals/", body


def own_challenge():
    challenge = make_challenge()
    owner = challenge.need.owner
    body = {"challenge": challenge.pk, "lead": owner.pk}
    return make_user(unit=owner), "post", "proposals/", body


def award_by(role, award=None):
    def case():
        if award:
            bid = make_contract().award.proposal
        else:
            bid = make_proposal(State.SUBMITTED, challenge=make_challenge(ChallengeState.CLOSED))
        body = {"challenge": bid.challenge_id, "proposal": bid.pk, **PAID}
        return role(), "post", "awards/", body

    return case


def award_too_high():
    bid = make_proposal(State.SUBMITTED, challenge=make_challenge(ChallengeState.CLOSED))
    body = {"challenge": bid.challenge_id, "proposal": bid.pk, **PAID, "amount": "800.000001"}
    return make_approver(), "post", "awards/", body


def stale_need():
    need = make_need()
    need.revision = 3
    need.save()
    body = {"revision": 2, "title": "换一个名称"}
    return make_user(unit=need.owner), "patch", f"needs/{need.pk}/", body


def stale_bid():
    bid = make_proposal()
    body = {"revision": bid.revision + 1, "team": "又一支队伍"}
    return bid.author, "patch", f"proposals/{bid.pk}/", body


def signed_twice():
    contract = make_contract("signing")
    signer = make_user(unit=contract.poster)
    contract.signatures.create(side="poster", signer=signer)
    return signer, "post", f"contracts/{contract.pk}/signatures/", {"side": "poster"}


def signed_for_another():
    contract = make_contract("signing")
    signer = make_user(unit=contract.solver)
    return signer, "post", f"contracts/{contract.pk}/signatures/", {"side": "poster"}


def unknown_field():
    need = make_need()
    body = {"revision": need.revision, "title": "换一个名称", "state": "in_library"}
    return make_user(unit=need.owner), "patch", f"needs/{need.pk}/", body


def unknown_filter():
    return make_officer(), "get", "needs/?stat=draft", None


def note_missing():
    need = make_need(NeedState.ENDORSED)
    return make_officer(), "post", f"needs/{need.pk}/moves/", {"action": "return"}


def by_challenge_only():
    need = make_need(NeedState.IN_LIBRARY)
    return make_officer(), "post", f"needs/{need.pk}/moves/", {"action": "post"}


def foreign(path, thing, method="get", body=None):
    def case():
        return make_user(unit=make_university()), method, path.format(thing().pk), body

    return case


def posted_by_its_owner():
    need = make_need(NeedState.IN_LIBRARY)
    body = {"need": need.pk, "opens_at": "2030-01-01T00:00Z", "closes_at": "2030-03-01T00:00Z"}
    return make_user(unit=need.owner), "post", "challenges/", body


def not_a_list():
    return make_user(unit=make_unit()), "post", "needs/", []


CASES = {
    "a late hand-in": (late_bid, 422, "challenge_not_open"),
    "late by the clock": (late_by_the_clock, 422, "challenge_not_open"),
    "sealed for an officer": (sealed_for(lambda bid: make_officer()), 403, "sealed"),
    "sealed for an approver": (sealed_for(lambda bid: make_approver()), 403, "sealed"),
    "sealed for the poster": (sealed_for(poster_of), 403, "sealed"),
    "unknown to a rival": (sealed_for(rival_of), 404, "not_found"),
    "the list of bids is sealed": (sealed_list, 403, "sealed"),
    "an award of a sealed bid": (sealed_award, 403, "sealed"),
    "a second bid": (second_bid, 409, "bid_already"),
    "one's own challenge": (own_challenge, 403, "own_challenge"),
    "an award by an officer": (award_by(make_officer), 403, "role_required"),
    "a second award": (award_by(make_approver, award=True), 409, "awarded_already"),
    "an award above the bounty": (award_too_high, 422, "award_invalid"),
    "a stale need": (stale_need, 409, "stale"),
    "a stale bid": (stale_bid, 409, "stale"),
    "a second signature": (signed_twice, 409, "signed_already"),
    "signing for another": (signed_for_another, 403, "not_a_signatory"),
    "an unknown field": (unknown_field, 422, "invalid"),
    "an unknown filter": (unknown_filter, 422, "invalid"),
    "a note missing": (note_missing, 422, "reason_required"),
    "a step of the challenge's": (by_challenge_only, 403, "by_challenge"),
    "another's need": (foreign("needs/{}/", make_need), 404, "not_found"),
    "another's draft bid": (foreign("proposals/{}/", make_proposal), 404, "not_found"),
    "another's contract": (foreign("contracts/{}/", make_contract), 404, "not_found"),
    "moving another's need": (
        foreign("needs/{}/moves/", make_need, "post", {"action": "submit"}), 404, "not_found",
    ),
    "posting one's own need": (posted_by_its_owner, 403, "role_required"),
    "a list for an object": (not_a_list, 422, "invalid"),
}  # fmt: skip


@pytest.mark.parametrize(("case", "status", "code"), CASES.values(), ids=CASES)
def test_a_refusal_says_why_and_changes_nothing(client_for, case, status, code):
    actor, method, path, body = case()
    client = client_for(actor)
    before = everything()

    answer = getattr(client, method)(f"{V1}/{path}", body, format="json" if body else None)

    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code), said
    assert answer["Content-Type"] == "application/problem+json"
    assert (said["type"], said["status"]) == ("about:blank", status)
    assert everything() == before


def test_a_refused_body_names_every_fault_by_its_field(client_for):
    need = make_need()
    client = client_for(make_user(unit=need.owner))
    body = {"revision": need.revision, "state": "in_library", "colour": "red"}

    answer = client.patch(f"{V1}/needs/{need.pk}/", body, format="json")

    sentence = ["接口没有这一栏，请核对名称"]
    assert answer.json()["fields"] == {"colour": sentence, "state": sentence}
