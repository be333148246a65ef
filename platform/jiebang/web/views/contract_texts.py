"""The text of a contract: Word and PDF, signed copies, pledges, and its registration."""

import io
from typing import IO

from django import forms
from django.contrib import messages
from django.forms import formset_factory
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.common.errors import DomainError, Invalid, NotFound
from jiebang.contracts import policies as contract_policies
from jiebang.contracts import queries as contracts
from jiebang.contracts.models import Contract
from jiebang.contracts.states import Side, State
from jiebang.documents import pack, pledges, policies, queries, registry, services
from jiebang.documents.states import Liability, RegistrationCategory
from jiebang.files import kinds
from jiebang.files.models import Content
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found
from jiebang.web.rows import filled, put_back

MEDIA = {"docx": kinds.DOCX.media, "pdf": kinds.PDF.media}


class PledgeForm(ServiceForm):
    """One clause: what a missed indicator costs."""

    indicator = forms.TypedChoiceField(label="约束性指标", coerce=int, choices=())
    liability = forms.ChoiceField(label="未达到的后果", choices=Liability)
    share = forms.DecimalField(label="占合同金额（%）", required=False, decimal_places=2)
    years = forms.IntegerField(label="限制申报年数", required=False, min_value=1)
    text = forms.CharField(label="约定", required=False, max_length=300)
    signatory = forms.CharField(label="责任人", max_length=40)


class RegistrationForm(ServiceForm):
    """What the registration of a technology contract needs."""

    category = forms.ChoiceField(label="合同类别", choices=RegistrationCategory)
    technical_amount = MoneyField(label="技术交易额")
    number = forms.CharField(label="认定登记编号", required=False, max_length=40)
    registered_on = forms.DateField(label="登记日期", required=False)


Pledges = formset_factory(PledgeForm, extra=1)


@signed_in
def text(request: Request, pk: int) -> HttpResponse:
    """Show the contract's text with its copies, pledges and registration."""
    thing = found(contracts.visible_to(request.user), pk)
    return _page(request, thing)


@signed_in
@require_POST
def pledge(request: Request, pk: int) -> HttpResponse:
    """Write the pledges anew."""
    thing = found(contracts.visible_to(request.user), pk)
    rows = _pledges(thing, request)
    form = ServiceForm(request.POST)
    if rows.is_valid() and form.is_valid():
        try:
            typed = [form.cleaned_data for form in filled(rows)]
            pledges.write(contract=thing, actor=request.user, rows=typed)
        except DomainError as refusal:
            put_back(refusal, rows)
            apply_errors(form, refusal, rows)
        else:
            messages.success(request, "军令状已保存")
            return redirect("web:contract-text", pk)
    return _page(request, thing, rows=rows, form=form, status=422)


@signed_in
@require_POST
def deposit(request: Request, pk: int) -> HttpResponse:
    """Take in a side's signed copy, or let the electronic seal make it."""
    thing = found(contracts.visible_to(request.user), pk)
    side = request.POST.get("side", "")
    if side not in Side.values:
        raise Invalid("没有这个签署方，请刷新页面后重试")
    file = request.FILES.get("file")
    services.deposit(
        contract=thing,
        side=side,
        actor=request.user,
        upload=file,
        name=file.name or "" if file else "",
    )
    messages.success(request, f"已收到{Side(side).label}签署件")
    return redirect("web:contract-text", pk)


@signed_in
@require_POST
def register(request: Request, pk: int) -> HttpResponse:
    """Enter the registration."""
    thing = found(contracts.visible_to(request.user), pk)
    form = RegistrationForm(request.POST)
    if form.is_valid():
        try:
            pledges.register(contract=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "登记信息已保存")
            return redirect("web:contract-text", pk)
    return _page(request, thing, registration=form, status=422)


@signed_in
def draft(request: Request, pk: int, kind: str) -> HttpResponseBase:
    """Hand out how the contract reads now, as Word or PDF."""
    thing = found(contracts.visible_to(request.user), pk)
    content = services.draft(thing)
    if kind == "pdf":
        content = services.as_pdf(content, f"{thing.number} 草稿")
    return _file(io.BytesIO(content), f"{thing.number}-草稿.{kind}", MEDIA[kind])


@signed_in
def version(request: Request, pk: int, number: int, kind: str) -> HttpResponseBase:
    """Hand out the text of one version."""
    thing = found(contracts.visible_to(request.user), pk)
    row = queries.texts_of(thing).filter(version=number).first()
    if row is None and number == thing.version:
        row = services.make(contract=thing)
    if row is None:
        raise NotFound("没有这个版本的合同文本")
    return _kept(row.pdf if kind == "pdf" else row.word, f"{thing.number}-第{number}版.{kind}")


@signed_in
def copy(request: Request, pk: int, copy_pk: int) -> HttpResponseBase:
    """Hand out a signed copy."""
    thing = found(contracts.visible_to(request.user), pk)
    rows = [each for row in queries.texts_of(thing) for each in row.copies.all()]
    wanted = next((each for each in rows if each.pk == copy_pk), None)
    if wanted is None:
        raise NotFound("没有这份签署件")
    return _kept(wanted.content, wanted.name)


@signed_in
def registration_pack(request: Request, pk: int) -> HttpResponseBase:
    """Hand out the pack for the registration."""
    thing = found(contracts.visible_to(request.user), pk)
    policies.may_register(request.user, thing).enforce()
    name = f"{thing.number}-技术合同登记材料.zip"
    return _file(io.BytesIO(pack.of(thing)), name, kinds.ZIP.media)


def _page(
    request: Request,
    thing: Contract,
    *,
    rows: "forms.BaseFormSet[PledgeForm] | None" = None,
    form: ServiceForm | None = None,
    registration: RegistrationForm | None = None,
    status: int = 200,
) -> HttpResponse:
    texts = list(queries.texts_of(thing))
    known = queries.registration_of(thing)
    copied = {each.side for row in texts[:1] for each in row.copies.all()}
    sides = [
        Side(side)
        for side in contract_policies.sides_of(request.user, thing)
        if thing.state in services.KEPT and side not in copied
    ]
    drafting = thing.state == State.DRAFTING
    registers = bool(policies.may_register(request.user, thing)) and not (
        drafting or thing.state == State.SIGNING
    )
    initial = (
        {"technical_amount": thing.amount}
        if known is None
        else {name: getattr(known, name) for name in RegistrationForm.base_fields}
    )
    context = {
        "contract": thing,
        "texts": texts,
        "is_making": bool(thing.version) and all(row.version != thing.version for row in texts),
        "template": queries.used(queries.kind_for(thing)),
        "pledges": thing.pledges.select_related("indicator"),
        "pledge_rows": rows
        or (_pledges(thing) if drafting and policies.may_pledge(request.user, thing) else None),
        "form": form,
        "sides": sides,
        "sealer": registry.sealer(),
        "registration": known,
        "registration_form": (registration or RegistrationForm(initial=initial))
        if registers
        else None,
    }
    return render(request, "contracts/text.html", context, status=status)


def _pledges(thing: Contract, request: Request | None = None) -> "forms.BaseFormSet[PledgeForm]":
    initial = [
        {name: getattr(row, name) for name in pledges.COLUMNS} | {"indicator": row.indicator_id}
        for row in thing.pledges.all()
    ]
    posted = request.POST if request else None
    made = Pledges(posted, initial=initial, prefix="pledges")
    choices = [("", "请选择"), *((row.pk, str(row)) for row in thing.indicators if row.core)]
    for form in [*made.forms, made.empty_form]:
        form.fields["indicator"].choices = choices  # type: ignore[attr-defined]
    return made


def _kept(content: Content, name: str) -> FileResponse:
    return _file(services.content_file(content), name, content.media)


def _file(stream: IO[bytes], name: str, media: str) -> FileResponse:
    return FileResponse(
        stream,
        as_attachment=True,
        filename=name,
        content_type=media,
        headers={"Cache-Control": "private, no-store"},
    )
