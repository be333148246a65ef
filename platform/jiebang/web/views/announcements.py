"""Amending, asking, answering, clarifying, and the record of meetings."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from jiebang.challenges import amendments, policies, queries, questions
from jiebang.challenges.models import Challenge, Question
from jiebang.challenges.states import State
from jiebang.common.errors import DomainError, NotFound, WrongState
from jiebang.web.access import Request, signed_in
from jiebang.web.board_forms import AmendForm, AnswerForm, AskForm, ClarifyForm, ContactForm
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.need_forms import IndicatorFormSet, rows_of
from jiebang.web.tables import CONTACTS

ROWS = "indicators"


@signed_in
def amend(request: Request, pk: int) -> HttpResponse:
    """Publish a change of what is asked."""
    thing = _speaking(request, pk)
    _needs_open(thing, "发布变更")
    form = AmendForm(request.POST or None, need=thing.need)
    rows = IndicatorFormSet(request.POST or None, prefix=ROWS, initial=rows_of(thing.need))
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        try:
            made = amendments.amend(
                challenge=thing,
                actor=request.user,
                reason=form.cleaned_data["reason"],
                data=form.data_changed(),
                indicators=rows.rows() if rows.has_changed() else None,
            )
        except DomainError as refusal:
            _refuse(form, rows, refusal)
        else:
            messages.success(request, f"第 {made.number} 次变更已发布，揭榜截止时间已顺延。")
            return redirect(f"{reverse('web:challenge', args=[pk])}#amendments")
    return _form(request, thing, form, "发布变更公告", formset=rows)


@signed_in
def ask(request: Request, pk: int) -> HttpResponse:
    """Ask without being named."""
    thing = found(queries.visible_to(request.user), pk)
    policies.may_ask(request.user, thing).enforce()

    def say(text: str) -> None:
        questions.ask(challenge=thing, actor=request.user, text=text)

    return _said(request, thing, AskForm, "匿名提问", say, "问题已提交，答复后公开。")


@signed_in
def clarify(request: Request, pk: int) -> HttpResponse:
    """Tell everybody something that changes nothing."""
    thing = _speaking(request, pk)

    def say(text: str) -> None:
        questions.clarify(challenge=thing, actor=request.user, text=text)

    return _said(request, thing, ClarifyForm, "发布澄清公告", say, "澄清公告已发布。")


@signed_in
def answer(request: Request, pk: int) -> HttpResponse:
    """Answer in public; an answer that changes what is asked brings the change with it."""
    question = Question.objects.select_related("challenge__need__owner").filter(pk=pk).first()
    if question is None:
        raise NotFound("没有这个提问，或者您无权查看")
    thing = found(queries.visible_to(request.user), question.challenge_id)
    policies.may_speak_for(request.user, thing).enforce()
    _needs_open(thing, "答复")
    typed = request.POST or None
    form, change = AnswerForm(typed), AmendForm(typed, need=thing.need, asked=False)
    rows = IndicatorFormSet(typed, prefix=ROWS, initial=rows_of(thing.need))
    if request.method == "POST" and all([form.is_valid(), change.is_valid(), rows.is_valid()]):
        try:
            questions.answer(
                question=question,
                actor=request.user,
                **form.cleaned_data,
                reason=change.cleaned_data["reason"],
                data=change.data_changed(),
                indicators=rows.rows() if rows.has_changed() else None,
            )
        except DomainError as refusal:
            _refuse(form, rows, refusal)
        else:
            messages.success(request, "答复已公开。")
            return redirect(f"{reverse('web:challenge', args=[thing.pk])}#questions")
    more = {"question": question, "change": change, "formset": rows}
    return _form(request, thing, form, "答复提问", **more)


@signed_in
def contacts(request: Request, pk: int) -> HttpResponseBase:
    """List the meetings that this person may know of; poster and bureau add one."""
    thing = found(queries.visible_to(request.user), pk)
    speaks = policies.may_speak_for(request.user, thing)
    rows = queries.contacts_for(request.user, thing)
    if not speaks and not rows.exists():
        policies.may_read_log(request.user, thing).enforce()
    form = ContactForm(request.POST or None, challenge=thing) if speaks else None
    if request.method == "POST":
        speaks.enforce()
        if form is not None and form.is_valid():
            try:
                questions.note_contact(challenge=thing, actor=request.user, **form.cleaned_data)
            except DomainError as refusal:
                apply_errors(form, refusal)
            else:
                messages.success(request, "对接记录已登记。")
                return redirect("web:contacts", pk)
    if file := CONTACTS.file(request, rows):
        return file
    context = {"thing": thing, "form": form, "page_obj": page_of(request, rows, table=CONTACTS)}
    wrong = form is not None and form.errors
    return render(request, "board/contacts.html", context, status=422 if wrong else 200)


def _speaking(request: Request, pk: int) -> Challenge:
    thing = found(queries.visible_to(request.user), pk)
    policies.may_speak_for(request.user, thing).enforce()
    return thing


def _needs_open(thing: Challenge, what: str) -> None:
    if thing.state_now != State.OPEN:
        raise WrongState(f"当前状态为“{thing.state_label}”，不能{what}")


def _said(
    request: Request,
    thing: Challenge,
    kind: type[forms.Form],
    title: str,
    say: Callable[[str], None],
    done: str,
) -> HttpResponse:
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            say(form.cleaned_data["text"])
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, done)
            return redirect("web:challenge", thing.pk)
    return _form(request, thing, form, title)


def _refuse(form: forms.Form, rows: Any, refusal: DomainError) -> None:
    refusal.fields = {rows.on_page(name): texts for name, texts in refusal.fields.items()}
    apply_errors(form, refusal, rows)


def _form(
    request: Request, thing: Challenge, form: forms.Form, title: str, **more: Any
) -> HttpResponse:
    context = {"thing": thing, "form": form, "title": title, **more}
    if "formset" in more:
        context["extended"] = amendments.extended(thing)
    return render(request, "board/form.html", context, status=422 if form.errors else 200)
