"""Questions and answers in public, without revealing who asks; clarifications; contacts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges import amendments, policies, queries, services
from jiebang.challenges.models import Challenge, Clarification, Contact, Question
from jiebang.challenges.signals import challenge_clarified, question_answered, question_asked
from jiebang.challenges.states import State
from jiebang.common import clock
from jiebang.common.errors import Invalid, RuleBroken, Stale, WrongState
from jiebang.organizations.models import Organization


@transaction.atomic
def ask(*, challenge: Challenge, actor: User, text: str) -> Question:
    """Ask a question in the call's window; nobody but the asker will read who asked."""
    policies.may_ask(actor, challenge).enforce()
    services.settle(challenge=challenge)
    if challenge.state != State.OPEN or clock.now() >= queries.questions_end(challenge):
        end = f"{clock.local(queries.questions_end(challenge)):%Y年%-m月%-d日 %H:%M}"
        raise RuleBroken(f"提问已于 {end} 截止，请查看已公开的问答", code="questions_closed")
    text = _written(text, "text", "请写明问题", 500)
    question = Question.objects.create(challenge=challenge, asker=actor, text=text)
    # The record is read by others: it says that there was a question, not whose.
    audit.record(actor=None, thing=question, action="ask", label="匿名提问")
    question_asked.send(Question, question_id=question.pk)
    return question


@transaction.atomic
def answer(
    *,
    question: Question,
    actor: User,
    text: str,
    changes_requirement: bool = False,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    indicators: Sequence[Mapping[str, Any]] | None = None,
) -> Question:
    """Answer in public; what changes the requirement is published as an amendment with it.

    Raises RuleBroken where the answer changes the requirement and `data` says not how.
    """
    challenge = question.challenge
    policies.may_speak_for(actor, challenge).enforce()
    services.settle(challenge=challenge)
    if challenge.state != State.OPEN:
        raise WrongState(f"当前状态为“{challenge.state_label}”，揭榜截止后不再答复")
    text = _written(text, "answer", "请写明答复", 1000)
    amendment = None
    if changes_requirement:
        if not data and indicators is None:
            raise RuleBroken(
                "答复改变了榜题要求，须同时发布变更公告，否则不能公开",
                code="amendment_required",
                fields={"changes_requirement": ["请填写变更内容"]},
            )
        amendment = amendments.amend(
            challenge=challenge,
            actor=actor,
            reason=reason.strip() or f"答复提问：{question.text}"[:500],
            data=data or {},
            indicators=indicators,
        )
    changes = {
        "answer": text,
        "answered_by": actor,
        "answered_at": clock.now(),
        "changes_requirement": changes_requirement,
        "amendment": amendment,
    }
    if not Question.objects.filter(pk=question.pk, answered_at=None).update(**changes):
        raise Stale("这个问题刚刚已有人答复，请刷新后再看")
    for name, value in changes.items():
        setattr(question, name, value)
    audit.record(actor=actor, thing=question, action="answer", label="公开答复", note=text)
    question_answered.send(Question, question_id=question.pk)
    return question


@transaction.atomic
def clarify(*, challenge: Challenge, actor: User, text: str) -> Clarification:
    """Tell everybody something at once, without changing what is asked."""
    policies.may_speak_for(actor, challenge).enforce()
    services.settle(challenge=challenge)
    if challenge.state != State.OPEN:
        raise WrongState(f"当前状态为“{challenge.state_label}”，只有揭榜中的榜题可以发布澄清")
    text = _written(text, "text", "请写明澄清内容", 1000)
    made = Clarification.objects.create(challenge=challenge, text=text, made_by=actor)
    audit.record(actor=actor, thing=made, action="clarify", label="发布澄清公告", note=text)
    challenge_clarified.send(Clarification, clarification_id=made.pk)
    return made


@transaction.atomic
def note_contact(
    *,
    challenge: Challenge,
    actor: User,
    unit: Organization,
    held_on: date,
    way: str,
    parties: str,
    outcome: str,
    next_step: str = "",
) -> Contact:
    """Keep a record of a meeting: when, who, and what came out."""
    policies.may_speak_for(actor, challenge).enforce()
    if held_on > clock.today():
        raise Invalid("对接日期不能晚于今天", fields={"held_on": ["对接日期不能晚于今天"]})
    if unit.pk == challenge.need.owner_id:
        raise Invalid("对接单位不能是发榜单位", fields={"unit": ["请选择发榜单位以外的单位"]})
    made = Contact.objects.create(
        challenge=challenge,
        unit=unit,
        held_on=held_on,
        way=way,
        parties=_written(parties, "parties", "请写明参加人员", 200),
        outcome=_written(outcome, "outcome", "请写明对接结果", 500),
        next_step=next_step.strip()[:200],
        recorded_by=actor,
    )
    audit.record(actor=actor, thing=made, action="contact", label="登记对接", note=made.outcome)
    return made


def _written(text: str, field: str, sentence: str, most: int) -> str:
    text = text.strip()
    if not text:
        raise Invalid(sentence, code="text_required", fields={field: [sentence]})
    if len(text) > most:
        sentence = f"最多 {most} 字，现有 {len(text)} 字，请精简"
        raise Invalid(sentence, code="text_too_long", fields={field: [sentence]})
    return text
