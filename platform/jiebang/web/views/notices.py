"""Public notices, objections to them, and the expert's review."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from jiebang.accounts.models import PlatformRole
from jiebang.awards import objections, policies, queries, reviews
from jiebang.awards.models import Objection
from jiebang.awards.states import Advice, ReviewMode
from jiebang.common.errors import DomainError, Invalid
from jiebang.experts import exceptions
from jiebang.experts import queries as experts
from jiebang.proposals import queries as bids
from jiebang.proposals.models import Proposal
from jiebang.web.access import Request, open_to_all, requires_role, signed_in
from jiebang.web.buttons import action_of, buttons, keep_typed
from jiebang.web.forms import MoneyField, NumberField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.refusals import marked
from jiebang.web.review_tables import NOTICES, OBJECTIONS
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for


class ObjectionForm(ServiceForm):
    """Real name, reasons, evidence."""

    signed_name = forms.CharField(label="签名（请填写本人姓名）", max_length=40)
    text = forms.CharField(
        label="异议事项和理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 6})
    )
    evidence = forms.CharField(
        label="证据和线索", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReviewForm(ServiceForm):
    """Points for every criterion, and words."""

    def __init__(self, *args: Any, criteria: list[tuple[str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for name, most in criteria:
            field = NumberField(label=f"{name}（满分 {most} 分）", decimal_places=2)
            field.error_messages["required"] = f"请为“{name}”打分"
            self.fields[f"points-{name}"] = field
        self.fields["advice"] = forms.ChoiceField(
            label="结论", choices=Advice.choices, widget=forms.RadioSelect
        )
        self.fields["mode"] = forms.ChoiceField(label="评审方式", choices=ReviewMode.choices)
        self.fields["amount"] = MoneyField(label="建议金额", required=False)
        self.fields["comment"] = forms.CharField(
            label="评审意见（只供科技局查阅）",
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 6}),
        )
        self.fields["feedback"] = forms.CharField(
            label="反馈给揭榜单位的意见",
            max_length=1000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="定榜后不署名转给揭榜单位。",
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = dict(self.cleaned_data)
        points: dict[str, Decimal] = {n: data.pop(f"points-{n}") for n, _ in self.criteria}
        return {**data, "points": points}


@open_to_all
def notice_list(request: HttpRequest) -> HttpResponseBase:
    """List the notices."""
    rows = queries.notices()
    if file := NOTICES.file(request, rows):
        return file
    context = {"page_obj": page_of(request, rows, table=NOTICES)}
    return render(request, "public/notices.html", context, part="public/_notices.html")


@open_to_all
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a notice with its countdown; ranking and experts where the call publishes them."""
    thing = found(queries.notices(), pk)
    rules = queries.rules_of(thing.challenge.call)
    user: Any = request.user
    context = {
        "notice": thing,
        "challenge": thing.challenge,
        "rules": rules,
        "days_left": queries.days_left(thing),
        "may_object": user.is_authenticated and bool(policies.may_object(user, thing)),
        "exceptions": exceptions.published(thing.challenge, named=rules.experts_published),
    }
    return render(request, "public/notice.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: Request, pk: int) -> HttpResponse:
    """Take an objection to a notice."""
    thing = found(queries.notices(), pk)
    policies.may_object(request.user, thing).enforce()
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = objections.object_to(decision=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "异议已受理，公示暂停；可以在本页上传证据文件")
            return redirect("web:objection", made.pk)
    context = {"notice": thing, "challenge": thing.challenge, "form": form}
    return render(request, "public/object.html", context, status=422 if form.errors else 200)


@signed_in
def objection_list(request: Request) -> HttpResponseBase:
    """List the objections: all for who handles them, one's own for who objects."""
    rows = queries.objections_visible_to(request.user)
    if file := OBJECTIONS.file(request, rows):
        return file
    context = {"page_obj": page_of(request, rows, table=OBJECTIONS)}
    return render(request, "officer/objections.html", context, part="officer/_objections.html")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: Request, pk: int) -> HttpResponse:
    """Show an objection, and take the bureau's answer."""
    thing = found(queries.objections_visible_to(request.user), pk)
    answers = buttons(
        Objection.LIFE, policies.answers_for(request.user, thing), address("objection", pk)
    )
    refused: Invalid | None = None
    if request.method == "POST":
        action, note = action_of(request, Objection.LIFE), request.POST.get("note", "")
        try:
            objections.answer(objection=thing, action=action, actor=request.user, note=note)
        except Invalid as refusal:
            refused = refusal
            keep_typed(answers, action, note, refusal)
        else:
            messages.success(request, "异议已答复")
            return redirect("web:objection", pk)
    context = {
        "objection": thing,
        "challenge": thing.decision.challenge,
        "actions": answers,
        "days_to_reply": queries.days_to_reply(thing),
        "files": shelves_for(thing, request.user),
        "trail": trail(thing),
    }
    page = render(request, "officer/objection.html", context, status=422 if refused else 200)
    return marked(page, refused) if refused else page


@requires_role(PlatformRole.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, pk: int) -> HttpResponse:
    """Take an expert's review of a solution; afterwards show what was handed in."""
    mine = bids.with_parts(Proposal.objects.filter(seats__expert__user=request.user))
    thing = found(mine, pk)
    experts.may_open(request.user, thing).enforce()
    own = (
        queries.reviews_visible_to(request.user)
        .filter(proposal=thing, reviewer=request.user)
        .first()
    )
    form = ReviewForm(request.POST or None, criteria=queries.criteria_of(thing.challenge.call))
    if request.method == "POST" and form.is_valid():
        try:
            reviews.submit(proposal=thing, actor=request.user, **form.arguments)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "评审已提交")
            return redirect("web:expert-review", pk)
    seat = experts.seats_of(request.user).filter(assignments__proposal=thing).first()
    context = {
        "bid": thing,
        "challenge": thing.challenge,
        "rules": queries.rules_of(thing.challenge.call),
        "seat": seat,
        "own": own,
        "form": None if own and not form.errors else form,
    }
    return render(request, "expert/review.html", context, status=422 if form.errors else 200)
