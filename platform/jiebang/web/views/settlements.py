"""Settling a contract that was broken off."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.common.errors import DomainError, WrongState
from jiebang.contracts import policies, queries, settlements
from jiebang.contracts.models import Settlement
from jiebang.contracts.states import BROKEN_OFF, SettlementAction
from jiebang.web.access import Request, signed_in
from jiebang.web.buttons import action_of
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found

STEPS = (SettlementAction.CONFIRM.value, SettlementAction.RETURN.value)


class SettlementForm(ServiceForm):
    """What of the money paid was spent with reason; the rest comes back."""

    spent = MoneyField(label="认定支出")
    to_return_grant = MoneyField(label="应退回的财政补助", initial=0)
    basis = forms.CharField(label="认定依据", max_length=1000, widget=forms.Textarea)


@signed_in
def settle(request: Request, pk: int) -> HttpResponse:
    """Reckon the settlement, or reckon it anew after it was returned."""
    contract = found(queries.visible_to(request.user), pk)
    policies.may_propose_settlement(request.user, contract).enforce()
    if request.method == "GET" and contract.state not in BROKEN_OFF:
        raise WrongState("合同终止、撤销或未通过验收后才能结算")
    form = SettlementForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            settlements.propose(contract=contract, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "已提出结算，等待核定")
            return redirect("web:contract", pk)
    context = {
        "contract": contract,
        "form": form,
        "heading": "合同结算",
        "facts": [("已拨付", contract.paid), ("其中财政补助", contract.paid_grant)],
        "hint": "已拨付减去认定支出，就是应退回的金额；由另一人核定后才能追回。",
    }
    return render(request, "contracts/payment.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Confirm, or return with a reason."""
    settlement = found(queries.settlements_visible_to(request.user), pk)
    action = action_of(request, Settlement.LIFE, STEPS)
    note = request.POST.get("note", "")
    settlements.move(settlement=settlement, action=action, actor=request.user, note=note)
    messages.success(request, f"结算{settlement.get_state_display()}")
    return redirect("web:contract", settlement.contract_id)
