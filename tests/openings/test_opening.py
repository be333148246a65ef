"""Emergency openings: two people and a reason, everybody told, nobody else let in."""

import pytest
from django.db import IntegrityError, transaction

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.errors import Conflict, Invalid, NotAllowed, WrongState
from jiebang.ledger import queries as ledger
from jiebang.ledger.models import Record
from jiebang.notifications.models import Notification
from jiebang.openings import services
from jiebang.openings.models import Look, Opening
from jiebang.openings.states import Action, State
from jiebang.proposals import policies as bids
from jiebang.proposals.states import State as BidState
from tests import factories as make

pytestmark = pytest.mark.django_db
REASON = "系统疑似故障，须核对已提交的揭榜书是否完整"


@pytest.fixture
def bid():
    return make.make_proposal(BidState.SUBMITTED)


def propose(bid, officer=None, reason=REASON):
    actor = officer or make.make_officer()
    return services.propose(challenge=bid.challenge, actor=actor, reason=reason)


def person(who, bid, opening=None):
    match who:
        case "proposer":
            return opening.proposed_by
        case "proposer, approver as well":
            opening.proposed_by.role_grants.create(role=PlatformRole.APPROVER)
            return User.objects.get(pk=opening.proposed_by_id)
        case "bidder":
            return make.make_user(unit=bid.lead)
        case "poster":
            return make.make_user(unit=bid.challenge.need.owner)
        case "approver of the bidder":
            return make.make_user(PlatformRole.APPROVER, unit=bid.lead)
        case "superuser":
            return make.make_user(is_superuser=True, is_staff=True)
        case role:
            return make.make_user(role, scope="T01" if role == PlatformRole.ENDORSER else "")


STRANGERS = ["bidder", "poster", "superuser"]


@pytest.mark.parametrize("who", [*STRANGERS, *PlatformRole])
@pytest.mark.parametrize("standing", ChallengeState)
def test_who_may_propose_when(standing, who):
    bid = make.make_proposal(BidState.SUBMITTED, challenge=make.make_challenge(standing))
    actor = person(who, bid)
    if who != PlatformRole.OFFICER:
        with pytest.raises(NotAllowed) as refusal:
            propose(bid, actor)
        assert refusal.value.code == "role_required"
    elif standing != ChallengeState.OPEN:
        with pytest.raises(WrongState) as refusal:
            propose(bid, actor)
        early = standing == ChallengeState.SCHEDULED
        assert refusal.value.code == ("not_open_yet" if early else "closed_already")
    else:
        assert propose(bid, actor).state == State.PROPOSED
    allowed = who == PlatformRole.OFFICER and standing == ChallengeState.OPEN
    assert Opening.objects.count() == allowed


DECIDERS = {
    "proposer": {Action.WITHDRAW: "", Action.CONFIRM: "role_required"},
    "proposer, approver as well": {Action.WITHDRAW: "", Action.CONFIRM: "same_person"},
    "approver of the bidder": {Action.WITHDRAW: "not_the_proposer", Action.CONFIRM: "recusal"},
    PlatformRole.APPROVER: {Action.WITHDRAW: "not_the_proposer", Action.CONFIRM: ""},
    **{
        who: {Action.WITHDRAW: "not_the_proposer", Action.CONFIRM: "role_required"}
        for who in (*STRANGERS, *PlatformRole)
        if who != PlatformRole.APPROVER
    },
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("who", DECIDERS)
@pytest.mark.parametrize("standing", State)
def test_who_may_take_which_step_when(standing, who, action, bid):
    opening = propose(bid)
    actor = person(who, bid, opening)
    if standing == State.OPENED:
        Opening.objects.update(state=standing, decided_by=make.make_approver())
    else:
        Opening.objects.update(state=standing)
    opening.refresh_from_db()
    rule = Action.WITHDRAW if action == Action.WITHDRAW else Action.CONFIRM
    code = DECIDERS[who][rule]
    if not code and standing == State.PROPOSED:
        moved = services.move(opening=opening, action=action, actor=actor, note="理由不足")
        assert moved.state == Opening.LIFE.target(action, State.PROPOSED)
        return
    with pytest.raises((NotAllowed, WrongState)) as refusal:
        services.move(opening=opening, action=action, actor=actor, note="理由不足")
    assert refusal.value.code == (code or "wrong_state")
    assert Opening.objects.get().state == standing


def test_after_closing_it_is_too_late_to_agree(bid):
    opening = propose(bid)
    type(bid.challenge).objects.update(state=ChallengeState.CLOSED)
    opening.refresh_from_db()
    for action in (Action.CONFIRM, Action.DECLINE):
        with pytest.raises(WrongState) as refusal:
            services.move(opening=opening, action=action, actor=make.make_approver(), note="晚")
        assert refusal.value.code == "closed_already"
    assert Opening.objects.get().state == State.PROPOSED


@pytest.mark.parametrize("reason", ["", "  ", "太短了", "长" * 501])
def test_it_wants_a_reason(reason, bid):
    with pytest.raises(Invalid) as refusal:
        propose(bid, reason=reason)
    assert (refusal.value.code, list(refusal.value.fields)) == ("reason_required", ["reason"])
    assert Opening.objects.count() == 0


def test_one_at_a_time_and_again_after_a_refusal(bid):
    first = propose(bid)
    with pytest.raises(Conflict) as refusal:
        propose(bid)
    assert refusal.value.code == "opening_already"
    with pytest.raises(Invalid) as refusal:
        services.move(opening=first, action=Action.DECLINE, actor=make.make_approver())
    assert refusal.value.code == "reason_required"
    services.move(opening=first, action=Action.DECLINE, actor=make.make_approver(), note="不必")
    assert propose(bid).pk != first.pk


def test_the_database_wants_two_people(bid):
    opening = propose(bid)
    for second in (None, opening.proposed_by):
        with pytest.raises(IntegrityError), transaction.atomic():
            Opening.objects.update(state=State.OPENED, decided_by=second)


READS = ["proposer", "confirmer", "another officer", "another approver", "auditor", "poster"]


@pytest.mark.parametrize("who", [*READS, "superuser", "rival"])
@pytest.mark.parametrize("state", BidState)
def test_only_the_two_read_and_only_what_was_handed_in(state, who, bid):
    other = make.make_proposal(state, challenge=bid.challenge)
    opening, approver = propose(bid), make.make_approver()
    actor = {
        "proposer": opening.proposed_by,
        "confirmer": approver,
        "another officer": make.make_officer(),
        "another approver": make.make_approver(),
        "auditor": make.make_user(PlatformRole.AUDITOR),
        "poster": make.make_user(unit=bid.challenge.need.owner),
        "superuser": make.make_user(is_superuser=True),
        "rival": bid.author,
    }[who]
    assert bids.may_read(actor, other).code == "sealed"
    services.move(opening=opening, action=Action.CONFIRM, actor=approver)
    handed_in = state not in (BidState.INTENTION, BidState.DRAFT, BidState.WITHDRAWN)
    assert bool(bids.may_read(actor, other)) is (who in READS[:2] and handed_in)
    assert bids.may_list(actor, bid.challenge).code in ("sealed", "not_a_party")


def test_all_bidders_are_told_and_the_fact_is_public_and_chained(bid, client_for):
    draft = make.make_proposal(challenge=bid.challenge)
    before = Record.objects.count()
    opening, approver = propose(bid), make.make_approver()
    url = f"/api/v1/challenges/{bid.challenge_id}/"
    assert client_for().get(url).json()["emergency_opening"] is None
    Notification.objects.all().delete()
    services.move(opening=opening, action=Action.CONFIRM, actor=approver)
    told = set(Notification.objects.values_list("person", flat=True))
    poster = set(bid.challenge.need.owner.memberships.values_list("user", flat=True))
    assert told == {bid.author_id, draft.author_id, opening.proposed_by_id} | poster
    assert REASON in Notification.objects.get(person=bid.author).text
    fact = client_for().get(url).json()["emergency_opening"]
    assert (fact["number"], fact["reason"]) == (opening.number, REASON)
    page = client_for().get(f"/challenges/{bid.challenge_id}/").content.decode()
    assert (REASON in page, approver.display_name in page) == (True, False)
    assert Record.objects.count() == before + 2
    assert list(ledger.check_all()) == []


def test_every_look_is_kept_for_the_bidder(bid, client_for, client):
    opening, approver = propose(bid), make.make_approver()
    first = client_for(opening.proposed_by)
    assert first.get(f"/api/v1/proposals/{bid.pk}/").status_code == 403
    assert first.get(f"/api/v1/openings/{opening.pk}/proposals/").status_code == 403
    assert Look.objects.count() == 0
    services.move(opening=opening, action=Action.CONFIRM, actor=approver)
    assert first.get(f"/api/v1/proposals/{bid.pk}/").status_code == 200
    rows = first.get(f"/api/v1/openings/{opening.pk}/proposals/").json()["results"]
    assert [row["id"] for row in rows] == [bid.pk]
    for person, path in ((approver, "officer/bids"), (bid.author, "proposals")):
        client.force_login(person)
        assert client.get(f"/{path}/{bid.pk}/").status_code == 200
    looks = list(Look.objects.order_by("pk").values_list("reader", "proposal"))
    assert looks == [(opening.proposed_by_id, bid.pk), (approver.pk, bid.pk)]
    page = client.get(f"/proposals/{bid.pk}/readings/").content.decode()
    seen = client_for(bid.author).get(f"/api/v1/proposals/{bid.pk}/readings/").json()["results"]
    names = [approver.display_name, opening.proposed_by.display_name]
    assert [row["reader_name"] for row in seen] == names
    assert all(name in page for name in names)
