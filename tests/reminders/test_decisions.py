"""Who is told of decisions, notices and objections, and who is not."""

import pytest

from jiebang.awards import objections
from jiebang.common import clock
from jiebang.notifications.models import Notification
from tests.awards import steps
from tests.factories import make_approver, make_user

pytestmark = pytest.mark.django_db


def told(subject):
    rows = Notification.objects.filter(subject__startswith=subject)
    return sorted(rows.values_list("person", flat=True))


def keys(*people):
    return sorted(person.pk for person in people)


def test_parties_hear_of_a_notice_and_of_its_fall_and_only_the_objector_of_the_answer():
    challenge, bids = steps.challenge_in_steps()
    poster, approver = make_user(unit=challenge.need.owner), make_approver()
    winner, loser = bids[0].author, bids[1].author
    with clock.telling(steps.at(11, 23)):
        decision = steps.notice(challenge, bids[0])
        assert approver.pk in told("定榜建议待审批")
        assert told("中榜公示：") == keys(poster, winner, loser)

        made = objections.object_to(
            decision=decision,
            actor=loser,
            signed_name=loser.display_name,
            text=steps.TEXT,
            evidence="检测报告",
        )
        assert approver.pk in told("异议待答复")
        assert loser.pk not in told("异议待答复")
        assert told("中榜公示因异议暂停") == keys(poster, winner, loser)

        objections.answer(objection=made, action="uphold", actor=approver, note=steps.REPLY)
    assert told("异议成立") == [loser.pk]
    assert told("定榜建议已撤销") == keys(poster, winner, loser)
