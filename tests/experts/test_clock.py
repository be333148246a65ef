"""What the clock does to panels, who hears of it, and what stands on whose desk."""

from datetime import timedelta

import time_machine

from jiebang.challenges.states import State as ChallengeState
from jiebang.desks.waiting import todo_of
from jiebang.experts import draws, queries, seats, services, tasks
from jiebang.experts.states import SeatState
from jiebang.notifications.models import Notification
from jiebang.web.reminders import remind
from tests import factories as make
from tests.experts.steps import drawn, signed


def heard(user):
    return list(Notification.objects.filter(person=user).values_list("subject", flat=True))


def on_desk(user):
    return [item.verb for item in todo_of(user)]


def test_an_unanswered_invitation_lapses_by_the_clock_once_and_the_next_is_asked(
    challenge, officer
):
    drawn(challenge, officer, quotas=[{"field": "", "count": 1}])
    (seat,) = queries.panel(challenge)
    tasks.lapse_due()
    assert [each.state for each in queries.panel(challenge)] == [SeatState.INVITED]

    with time_machine.travel(seat.answer_by, tick=False):
        tasks.lapse_due()
        tasks.lapse_due()

    states = [each.state for each in queries.panel(challenge)]
    assert states == [SeatState.LAPSED, SeatState.INVITED]
    came = queries.panel(challenge)[1].expert.user
    assert heard(came) == [f"邀请您评审：{challenge.title}"]
    assert heard(seat.expert.user)[0] == f"评审邀请逾期未答复，已失效：{challenge.title}"


def test_officers_hear_of_whoever_leaves_and_nobody_hears_twice(challenge, officer):
    drawn(challenge, officer, quotas=[{"field": "", "count": 1}])
    (seat,) = queries.panel(challenge)

    seats.move(seat=seat, action="decline", actor=seat.expert.user, note="出差")

    assert heard(officer) == [f"专家谢绝评审邀请：{challenge.title}"]
    assert heard(seat.expert.user) == [f"邀请您评审：{challenge.title}"]


def test_each_step_stands_on_the_expert_s_desk_until_the_award(challenge, officer):
    drawn(challenge, officer, quotas=[{"field": "", "count": 1}])
    (seat,) = queries.panel(challenge)
    user, seen = seat.expert.user, []

    seen += on_desk(user)
    seats.move(seat=seat, action="accept", actor=user)
    seen += on_desk(user)
    seats.move(seat=seat, action="undertake", actor=user, signed_name=str(user))
    seen += on_desk(user)

    assert seen == ["答复评审邀请", "签署评审承诺", "评审揭榜书"]
    challenge.state = ChallengeState.AWARDED
    challenge.save()
    assert on_desk(user) == []
    assert queries.may_review(user, challenge.proposals.first()).code == "review_closed"


def test_an_expert_is_reminded_before_and_after_the_dates_once_each(challenge, officer):
    drawn(challenge, officer, quotas=[{"field": "", "count": 1}])
    (seat,) = queries.panel(challenge)
    user, told = seat.expert.user, []

    for days in (-1, -1, 1, 1):
        with time_machine.travel(seat.answer_by + timedelta(days=days), tick=False):
            remind(user)
        told.append(Notification.objects.filter(person=user, kind="reminder").count())

    assert told == [1, 1, 2, 2]


def test_the_bureau_s_desk_shows_empty_panels_and_exceptions_of_others(challenge, lead, officer):
    expert, other = make.make_pooled(unit=lead), make.make_officer()
    assert on_desk(officer) == ["确定评审专家"]

    services.propose_waiver(
        expert=expert, challenge=challenge, actor=officer, reason="国内仅此一家"
    )
    assert on_desk(officer) == ["确定评审专家"]
    assert on_desk(other) == ["确定评审专家", "复核回避例外"]

    drawn(challenge, officer)
    assert on_desk(other) == ["复核回避例外"]


def test_what_lies_with_an_expert_is_counted_while_it_is_under_way(challenge, officer):
    drawn(challenge, officer, quotas=[{"field": "", "count": 1}])
    seat = signed(queries.panel(challenge)[0])

    def load():
        return queries.pool().get(pk=seat.expert_id).load

    counted = [load()]
    seats.finish(seat=seat, actor=seat.expert.user)
    counted.append(load())

    assert counted == [2, 0]
    assert queries.load_of(seat.expert, challenge.call) == 2
    assert draws.to_assign(challenge.call) == []
