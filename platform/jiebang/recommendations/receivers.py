"""Hears of every change that a match may depend on, and queues its consequence."""

from typing import Any

from django.dispatch import receiver

from jiebang.accounts.models import User
from jiebang.achievements.models import Achievement
from jiebang.achievements.signals import achievement_changed
from jiebang.challenges.models import Amendment
from jiebang.challenges.signals import challenge_amended, challenge_moved
from jiebang.challenges.states import State as ChallengeState
from jiebang.lexicons.signals import version_chosen
from jiebang.library.signals import need_changed
from jiebang.library.states import State as NeedState
from jiebang.organizations.signals import organization_changed
from jiebang.recommendations import outbox
from jiebang.recommendations.models import Kind

# Opening lets units meet a challenge; closing ends that, and shows its solutions to be compared.
CONCERNED = {
    ChallengeState.OPEN: (Kind.CHALLENGE,),
    ChallengeState.CLOSED: (Kind.CHALLENGE, Kind.PROPOSAL),
    ChallengeState.WITHDRAWN: (Kind.CHALLENGE, Kind.PROPOSAL),
}


@receiver(need_changed)
def match_need(need_id: int, state: str, **_: Any) -> None:
    """Match it anew; a draft is nobody else's affair."""
    if state != NeedState.DRAFT:
        outbox.note(Kind.NEED, need_id)


@receiver(achievement_changed)
def renew_achievements(achievement_id: int, **_: Any) -> None:
    """Renew the achievements, and the units, which are known by what they offer."""
    outbox.note(Kind.ACHIEVEMENT, achievement_id)
    owned = Achievement.objects.filter(pk=achievement_id).exclude(owner=None)
    for owner_id in owned.values_list("owner", flat=True):
        outbox.note(Kind.ORGANIZATION, owner_id)


@receiver(organization_changed)
def renew_units(organization_id: int, **_: Any) -> None:
    """Renew the units."""
    outbox.note(Kind.ORGANIZATION, organization_id)


@receiver(challenge_moved)
def renew_challenges(challenge_id: int, state: str, **_: Any) -> None:
    """Renew what this state of the challenge concerns."""
    for kind in CONCERNED.get(ChallengeState(state), ()):
        outbox.note(kind, challenge_id)


@receiver(challenge_amended)
def renew_amended(amendment_id: int, **_: Any) -> None:
    """Renew a challenge whose text or money was changed in public."""
    made = Amendment.objects.select_related("challenge").get(pk=amendment_id)
    outbox.note(Kind.NEED, made.challenge.need_id)
    outbox.note(Kind.CHALLENGE, made.challenge_id)


@receiver(version_chosen)
def index_anew(choice_id: int, actor: User, **_: Any) -> None:
    """Index everything by other words, while the old index serves on."""
    outbox.note_words(choice_id, actor)
