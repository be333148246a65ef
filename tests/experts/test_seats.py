"""Asking by hand, answering, signing, leaving, exceptions; nothing changes by a refusal."""

import pytest
import time_machine

from jiebang.audit.models import Entry
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.experts import exceptions, queries, seats, services
from jiebang.experts.signals import seat_leaving
from jiebang.experts.states import SeatOrigin, SeatState
from jiebang.proposals.states import State as ProposalState
from tests import factories as make
from tests.experts.steps import drawn, refused, signed


def test_an_invitation_unanswered_in_time_lapses_and_is_no_longer_open(challenge, officer):
    drawn(challenge, officer)
    first, *_ = queries.panel(challenge)
    refused(WrongState, "not_due", lambda: seats.lapse(seat=first))

    with time_machine.travel(first.answer_by, tick=False):
        refused(
            WrongState,
            "answer_closed",
            lambda: seats.move(seat=first, action="accept", actor=first.expert.user),
        )
        assert seats.lapse(seat=first).origin == SeatOrigin.SUBSTITUTE


def test_a_hand_picked_expert_with_a_conflict_is_refused_by_name_of_the_edge(
    challenge, lead, officer
):
    expert = make.make_pooled(unit=lead)

    refusal = refused(
        RuleBroken,
        "conflict_of_interest",
        lambda: seats.invite(expert=expert, challenge=challenge, actor=officer),
    )

    assert refusal.fields == {"expert": [f"与揭榜牵头单位“{lead.name}”同属一个单位"]}


def test_an_exception_takes_two_officers_and_is_then_a_seat(challenge, lead, officer):
    expert = make.make_pooled(unit=lead)
    waiver = services.propose_waiver(
        expert=expert, challenge=challenge, actor=officer, reason="国内仅此一家从事这一方向"
    )
    for actor, code in [(officer, "second_officer"), (expert.user, "role_required")]:
        refused(
            NotAllowed,
            code,
            lambda a=actor: services.decide_waiver(waiver=waiver, action="approve", actor=a),
        )

    services.decide_waiver(waiver=waiver, action="approve", actor=make.make_officer())

    assert [seat.expert_id for seat in queries.panel(challenge)] == [expert.pk]
    assert [
        lead.name in each.sentences[0] for each in exceptions.published(challenge, named=True)
    ] == [True]
    assert queries.uncovered(expert, challenge) == []


def test_a_refused_exception_seats_nobody(challenge, lead, officer):
    expert = make.make_pooled(unit=lead)
    waiver = services.propose_waiver(
        expert=expert, challenge=challenge, actor=officer, reason="国内仅此一家"
    )

    services.decide_waiver(
        waiver=waiver, action="refuse", actor=make.make_officer(), note="另有人选"
    )

    assert queries.size(challenge) == 0
    assert exceptions.published(challenge, named=True) == []


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"availability": "left"}, RuleBroken, "expert_away"),
        ({"availability": "away"}, RuleBroken, "expert_away"),
    ],
)
def test_who_is_away_is_not_asked(challenge, officer, change, kind, code):
    expert = make.make_pooled(**change)

    refused(kind, code, lambda: seats.invite(expert=expert, challenge=challenge, actor=officer))


def test_nobody_gets_more_than_the_call_allows_nor_is_asked_twice(challenge, officer):
    services.set_rules(call=challenge.call, actor=officer, values={"load_most": 3})
    expert = make.make_pooled()
    seats.invite(expert=expert, challenge=challenge, actor=officer)
    refused(
        Conflict,
        "seated_already",
        lambda: seats.invite(expert=expert, challenge=challenge, actor=officer),
    )
    need = make.make_need("posted", call=challenge.call)
    other = make.make_challenge(ChallengeState.CLOSED, need=need)
    for _ in range(2):
        make.make_proposal(ProposalState.SUBMITTED, challenge=other)

    refused(
        RuleBroken,
        "over_load",
        lambda: seats.invite(expert=expert, challenge=other, actor=officer),
    )


def test_files_open_only_to_who_was_asked_accepted_and_signed(challenge, officer):
    drawn(challenge, officer)
    seat = queries.panel(challenge)[0]
    user, bid = seat.expert.user, challenge.proposals.first()
    stranger = make.make_pooled().user

    assert queries.may_review(stranger, bid).code == "not_assigned"
    assert queries.may_review(user, bid).code == "not_accepted"
    seats.move(seat=seat, action="accept", actor=user)
    assert queries.may_review(user, bid).code == "undertaking_missing"
    refused(
        Invalid,
        "not_signed",
        lambda: seats.move(seat=seat, action="undertake", actor=user, signed_name="别人"),
    )
    seats.move(seat=seat, action="undertake", actor=user, signed_name=str(user))
    assert queries.may_review(user, bid)
    with time_machine.travel(seat.review_by, tick=False):
        assert queries.may_review(user, bid).code == "review_closed"
        assert queries.may_open(user, bid)
    seats.finish(seat=seat, actor=user)
    assert queries.may_review(user, bid).code == "review_done"


def test_a_changed_profile_ends_the_seat_and_the_next_one_comes(challenge, lead, officer):
    drawn(challenge, officer)
    seat = signed(queries.panel(challenge)[0])
    expert = seat.expert

    services.edit(
        expert=expert,
        actor=expert.user,
        data={},
        fields=list(expert.fields.all()),
        ties=[{"kind": "declared", "unit_name": lead.name, "note": "担任顾问"}],
        revision=expert.revision,
    )

    seat.refresh_from_db()
    assert seat.state == SeatState.BARRED
    assert queries.may_review(expert.user, challenge.proposals.first()).code == "not_assigned"
    assert queries.size(challenge) == 3
    entry = Entry.objects.get(thing_type="experts.seat", thing_id=seat.pk, action="bar")
    assert entry.note == f"本人申报与揭榜牵头单位“{lead.name}”有利害关系：担任顾问"


def test_who_has_scored_is_not_taken_off_by_anybody(challenge, officer):
    drawn(challenge, officer)
    seat = signed(queries.panel(challenge)[0])

    def scored(seat_id, **_):
        raise WrongState("这名专家已经提交评分，须先作废评分并写明理由", code="scored_already")

    seat_leaving.connect(scored)
    try:
        refused(
            WrongState,
            "scored_already",
            lambda: seats.move(seat=seat, action="remove", actor=officer, note="换人"),
        )
    finally:
        seat_leaving.disconnect(scored)


@pytest.mark.parametrize("action", ["accept", "undertake", "decline", "recuse"])
def test_nobody_answers_for_another(challenge, officer, action):
    drawn(challenge, officer)
    seat, other = queries.panel(challenge)[:2]

    for actor in (other.expert.user, officer):
        refused(
            NotAllowed,
            "not_invited",
            lambda a=actor: seats.move(seat=seat, action=action, actor=a, note="理由"),
        )


@pytest.mark.parametrize("action", ["lapse", "bar", "finish"])
def test_what_the_system_does_nobody_else_does(challenge, officer, action):
    drawn(challenge, officer)

    for actor in (officer, queries.panel(challenge)[0].expert.user):
        refused(
            NotAllowed,
            "system_only",
            lambda a=actor: seats.move(
                seat=queries.panel(challenge)[0], action=action, actor=a, note="理由"
            ),
        )
