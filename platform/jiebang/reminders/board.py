"""Hears what is announced about a challenge, and tells everybody whom it concerns."""

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.models import Amendment, Challenge, Clarification, Question
from jiebang.challenges.signals import (
    challenge_amended,
    challenge_clarified,
    question_answered,
    question_asked,
)
from jiebang.common import clock
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units
from jiebang.proposals.queries import bidders_of


@receiver(challenge_amended)
def tell_of_amendment(amendment_id: int, **_: Any) -> None:
    """Tell bidders, askers and the poster what changed and until when they may bid now."""
    made = Amendment.objects.select_related("challenge__need").get(pk=amendment_id)
    end = clock.local(made.closes_at)
    tell(
        people=_followers(made.challenge),
        kind=Kind.CHALLENGE,
        subject=f"榜题有变更：{made.challenge.title}",
        text=f"{made.reason}。揭榜截止时间顺延至{end.year}年{end.month}月{end.day}日 {end:%H:%M}",
        link=f"{reverse('web:challenge', args=[made.challenge_id])}#amendments",
        about=f"amendment:{made.pk}",
    )


@receiver(challenge_clarified)
def tell_of_clarification(clarification_id: int, **_: Any) -> None:
    """Tell bidders, askers and the poster what was made clear."""
    made = Clarification.objects.select_related("challenge__need").get(pk=clarification_id)
    tell(
        people=_followers(made.challenge),
        kind=Kind.QUESTION,
        subject=f"榜题有澄清：{made.challenge.title}",
        text=made.text,
        link=f"{reverse('web:challenge', args=[made.challenge_id])}#clarifications",
        about=f"clarification:{made.pk}",
    )


@receiver(question_asked)
def tell_of_question(question_id: int, **_: Any) -> None:
    """Tell who has to answer; not who asked."""
    asked = Question.objects.select_related("challenge__need").get(pk=question_id)
    owner = asked.challenge.need.owner_id
    people = units.people_of(owner) if owner else accounts.holding(PlatformRole.OFFICER)
    tell(
        people=people,
        kind=Kind.QUESTION,
        subject=f"榜题有新提问：{asked.challenge.title}",
        text=asked.text,
        link=f"{reverse('web:challenge', args=[asked.challenge_id])}#questions",
        about=f"question:{asked.pk}",
    )


@receiver(question_answered)
def tell_of_answer(question_id: int, **_: Any) -> None:
    """Tell everybody who follows the challenge what was answered."""
    answered = Question.objects.select_related("challenge__need").get(pk=question_id)
    tell(
        people=_followers(answered.challenge),
        kind=Kind.QUESTION,
        subject=f"榜题提问已答复：{answered.challenge.title}",
        text=answered.answer,
        link=f"{reverse('web:challenge', args=[answered.challenge_id])}#questions",
        about=f"answer:{answered.pk}",
    )


def _followers(challenge: Challenge) -> QuerySet[User]:
    """Return the poster's people, those of units with a bid however unfinished, and askers."""
    near = units.people_of(challenge.need.owner_id, *bidders_of(challenge))
    asked = User.objects.filter(pk__in=challenge.questions.values("asker"), is_active=True)
    return (near | asked).distinct()
