"""What poster and bureau add to the experts' scores: the own appraisal, diligence, visits."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from jiebang.accounts.models import PlatformRole
from jiebang.awards import inquiries, policies, reviews
from jiebang.awards.models import Inquiry, Opinion
from jiebang.awards.states import Advice, Finding, InquiryKind
from jiebang.common import clock
from jiebang.common.errors import DomainError
from jiebang.proposals import queries as bids
from jiebang.web.access import Request, requires_role, signed_in
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found
from jiebang.web.views.attachments import shelves_for
from jiebang.web.views.officer import BUREAU


class OpinionForm(ServiceForm):
    """What the poster thinks of a solution."""

    advice = forms.ChoiceField(label="结论", choices=Advice.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="论证意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="供科技局定榜时参考，揭榜单位看不到。",
    )


class InquiryForm(ServiceForm):
    """What was looked into, where, by whom, and what was found."""

    kind = forms.ChoiceField(label="方式", choices=InquiryKind.choices)
    held_on = forms.DateField(label="日期", initial=clock.today)
    place = forms.CharField(label="地点", max_length=120, required=False)
    people = forms.CharField(
        label="参加人员", max_length=200, help_text="写明姓名和单位，用顿号隔开。"
    )
    checked = forms.CharField(
        label="核查内容",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如研发条件、人员到位、已有成果、财务和信用状况。",
    )
    found = forms.CharField(
        label="核查情况", max_length=3000, widget=forms.Textarea(attrs={"rows": 6})
    )
    finding = forms.ChoiceField(label="结论", choices=Finding.choices, widget=forms.RadioSelect)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: Request, pk: int) -> HttpResponse:
    """Take the poster's own appraisal of a solution."""
    thing = bids.find(request.user, pk)
    policies.may_give_opinion(request.user, thing).enforce()
    said = Opinion.objects.filter(proposal=thing).first()
    initial = {"advice": said.advice, "text": said.text} if said else {}
    form = OpinionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.give_opinion(proposal=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "发榜方论证已保存")
            return redirect("web:proposal", pk)
    return _form(request, thing, form, "发榜方论证")


@requires_role(PlatformRole.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry(request: Request, pk: int) -> HttpResponse:
    """Take a record of due diligence or of a visit."""
    thing = bids.find(request.user, pk)
    policies.may_inquire(request.user, thing).enforce()
    form = InquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = inquiries.note(proposal=thing, actor=request.user, data=form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "核查记录已登记，不能再改；可以上传核查材料")
            return redirect("web:officer-inquiry-record", made.pk)
    return _form(request, thing, form, "登记尽职调查或现场考察")


@requires_role(*BUREAU)
def inquiry_record(request: Request, pk: int) -> HttpResponse:
    """Show one inquiry with what it brought home."""
    rows = Inquiry.objects.select_related("proposal__lead", "proposal__challenge", "noted_by")
    thing = found(rows, pk)
    context = {
        "inquiry": thing,
        "bid": thing.proposal,
        "challenge": thing.proposal.challenge,
        "files": shelves_for(thing, request.user),
    }
    return render(request, "officer/inquiry.html", context)


def _form(request: Request, thing: Any, form: forms.Form, title: str) -> HttpResponse:
    context = {"bid": thing, "challenge": thing.challenge, "form": form, "title": title}
    return render(request, "officer/appraising.html", context, status=422 if form.errors else 200)
