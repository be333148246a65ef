"""What many tests of panels do first, and how a refusal is shown to have changed nothing."""

import pytest

from jiebang.audit.models import Entry
from jiebang.experts import draws, seats
from jiebang.experts.models import Draw, Seat, Waiver
from tests import factories as make

THREE = [{"field": "", "count": 3}]


def everything():
    """Count of whatever a refusal must not add to."""
    return [kind.objects.count() for kind in (Draw, Seat, Waiver, Entry)]


def refused(kind, code, act):
    before = everything()
    with pytest.raises(kind) as refusal:
        act()
    assert (refusal.value.code, everything()) == (code, before)
    return refusal.value


def drawn(challenge, officer, count=8, quotas=THREE):
    for _ in range(count):
        make.make_pooled()
    return draws.hold(challenge=challenge, actor=officer, quotas=quotas)


def signed(seat):
    """Let the expert accept and sign."""
    user = seat.expert.user
    seats.move(seat=seat, action="accept", actor=user)
    seats.move(seat=seat, action="undertake", actor=user, signed_name=str(user))
    return seat
