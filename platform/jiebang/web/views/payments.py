"""Payments: the solver asks, the bureau approves, registers the voucher, or calls money back."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.common.errors import DomainError, NotFound, WrongState
from jiebang.contracts import payments, policies, queries
from jiebang.contracts.models import Milestone, Payment, Settlement
from jiebang.contracts.states import PaymentAction
from jiebang.web.access import Request, signed_in
from jiebang.web.buttons import action_of
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found


class AmountForm(ServiceForm):
    """How much, how much of it is grant, and what for."""

    amount = MoneyField(label="金额")
    grant = MoneyField(label="其中财政补助", initial=0)
    purpose = forms.CharField(label="用途说明", max_length=500, widget=forms.Textarea)


class VoucherForm(ServiceForm):
    """The voucher with which the money moved."""

    voucher = forms.CharField(label="凭证号", max_length=40)
    settled_on = forms.DateField(label="办结日期", required=False)


@signed_in
def ask(request: Request, pk: int) -> HttpResponse:
    """Ask for money of a confirmed milestone."""
    mine = Milestone.objects.filter(contract__in=queries.visible_to(request.user).values("pk"))
    milestone = mine.select_related("contract__solver", "contract__poster").filter(pk=pk).first()
    if milestone is None:
        raise NotFound("没有这个里程碑，或者您无权查看")
    contract = milestone.contract
    policies.may_request(request.user, contract).enforce()
    if request.method == "GET" and not payments.open_for_request(milestone):
        raise WrongState("这个里程碑现在没有可以申请的拨付；确认后才能申请，已申请的不能重复申请")
    form = AmountForm(request.POST if request.method == "POST" else None)
    form.fields["amount"].initial = milestone.released - milestone.drawn
    if form.is_valid():
        try:
            payments.request(milestone=milestone, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "已提交拨付申请，等待科技局审批")
            return redirect("web:contract", contract.pk)
    context = {
        "contract": contract,
        "form": form,
        "heading": f"申请拨付：{milestone.title}",
        "facts": [
            ("本里程碑拨付金额", milestone.tranche),
            ("已申请", milestone.drawn),
            ("尚可申请", milestone.released - milestone.drawn),
            ("尚可申请的财政补助", contract.grant - contract.drawn_grant),
        ],
    }
    return render(request, "contracts/payment.html", context, status=422 if form.errors else 200)


@signed_in
def recall(request: Request, pk: int) -> HttpResponse:
    """Call money back under a terminated contract."""
    contract = found(queries.visible_to(request.user), pk)
    policies.may_recall(request.user, contract).enforce()
    settlement = Settlement.objects.filter(contract=contract).first()
    if request.method == "GET" and settlement is None:
        raise WrongState("合同终止、撤销或未通过验收，并核定结算后才能追回资金")
    form = AmountForm(request.POST if request.method == "POST" else None)
    owed = settlement.to_return if settlement else contract.paid
    form.fields["amount"].initial = owed - contract.recalled
    if form.is_valid():
        try:
            payments.recall(contract=contract, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "已提出追回，等待审批")
            return redirect("web:contract", pk)
    context = {
        "contract": contract,
        "form": form,
        "heading": "追回资金",
        "facts": [("应退回", owed), ("已要求追回", contract.recalled)],
    }
    return render(request, "contracts/payment.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Approve or decline."""
    payment = found(queries.payments_visible_to(request.user), pk)
    action = action_of(request, Payment.LIFE)
    note = request.POST.get("note", "")
    payments.move(payment=payment, action=action, actor=request.user, note=note)
    messages.success(request, f"{payment}{payment.get_state_display()}")
    return redirect("web:contract", payment.contract_id)


@signed_in
def voucher(request: Request, pk: int) -> HttpResponse:
    """Register the voucher with which the money moved."""
    payment = found(queries.payments_visible_to(request.user), pk)
    policies.may_settle(request.user, PaymentAction.PAY, payment).enforce()
    Payment.LIFE.target(PaymentAction.PAY, payment.state)
    form = VoucherForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            payments.move(
                payment=payment,
                action=PaymentAction.PAY,
                actor=request.user,
                **form.cleaned_data,
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"{payment}已办结")
            return redirect("web:contract", payment.contract_id)
    context = {
        "contract": payment.contract,
        "form": form,
        "heading": f"登记凭证：{payment}",
        "facts": [("金额", payment.amount), ("其中财政补助", payment.grant)],
    }
    return render(request, "contracts/payment.html", context, status=422 if form.errors else 200)
