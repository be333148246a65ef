"""Contracts: the list, the page of one, sending, signing, accepting, terminating."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.common.errors import Invalid
from jiebang.contracts import policies, queries, services
from jiebang.contracts.models import Contract, Milestone, MilestoneReport, Payment
from jiebang.contracts.payments import open_for_request
from jiebang.contracts.states import (
    Action,
    MilestoneAction,
    MilestoneState,
    PaymentAction,
    Side,
    State,
)
from jiebang.web import acceptance_parts
from jiebang.web import contract_parts as parts
from jiebang.web.access import Request, signed_in
from jiebang.web.bureau_filters import ContractFilter, counted, tabs
from jiebang.web.buttons import Button, action_of, buttons, link
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.tables import CONTRACTS
from jiebang.web.trail import trail
from jiebang.web.wording import until

CONFIRM: dict[str, str] = {Action.PROPOSE: "送签后内容锁定，各方签署完毕即生效。"}


@signed_in
def contract_list(request: Request) -> HttpResponseBase:
    """List the contracts one is a party to; the bureau sees all of them."""
    form = ContractFilter(request.GET)
    asked = form.apply(queries.visible_to(request.user))
    rows = form.of_state(asked)
    if file := CONTRACTS.file(request, rows):
        return file
    page = page_of(request, rows, table=CONTRACTS)
    context = {
        "form": form,
        "tabs": tabs("contracts", form, dict(State.choices), counted(asked)),
        "page_obj": page,
        "rows": {contract.pk: _row(contract) for contract in page},
    }
    return render(request, "contracts/list.html", context, part="contracts/_list.html")


@signed_in
def contract(request: Request, pk: int) -> HttpResponse:
    """Show a contract with everything that happened under it."""
    reports = MilestoneReport.objects.select_related("reported_by").prefetch_related(
        "measurements__indicator"
    )
    milestones = Milestone.objects.prefetch_related("indicators", Prefetch("reports", reports))
    visible = queries.visible_to(request.user).prefetch_related(None)
    things = visible.prefetch_related("signatures__signer", Prefetch("milestones", milestones))
    thing = found(things, pk)
    stones = list(thing.milestones.all())
    payments = list(queries.payments_of(thing))
    responses = thing.award.proposal.responses.select_related("indicator") if thing.award else ()
    promised = {r.indicator_id: r.promised for r in responses}
    context = {
        "contract": thing,
        "need": thing.needs[0],
        "today": clock.today(),
        "steps": parts.steps(thing),
        "actions": _actions(request.user, thing),
        "segments": parts.money(thing, stones),
        "line": parts.line(thing, stones),
        "indicators": parts.indicator_rows(
            thing.indicators, promised, parts.newest_measurements(stones)
        ),
        "milestones": [
            (stone, _milestone_actions(request.user, stone), parts.state_label(thing, stone))
            for stone in stones
        ],
        "signatures": parts.signatures(thing),
        "payments": [(row, _payment_actions(request.user, row)) for row in payments],
        "balance": parts.balance(thing, payments),
        "trail": trail(thing, *stones, *payments),
        **acceptance_parts.of_contract(request.user, thing),
    }
    return render(request, "contracts/contract.html", context)


@signed_in
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Send for signing, reopen, accept or terminate."""
    thing = found(queries.visible_to(request.user), pk)
    action = action_of(request, Contract.LIFE)
    note = request.POST.get("note", "")
    services.move(contract=thing, action=action, actor=request.user, note=note)
    messages.success(request, f"合同{thing.get_state_display()}")
    return redirect("web:contract", pk)


@signed_in
@require_POST
def sign(request: Request, pk: int) -> HttpResponseRedirect:
    """Sign for one side."""
    thing = found(queries.visible_to(request.user), pk)
    side = request.POST.get("action", "")
    if side not in Side.values:
        raise Invalid("没有这个签署方，请刷新页面后重试")
    services.sign(contract=thing, actor=request.user, side=side)
    running = thing.state == State.RUNNING
    messages.success(
        request, "各方已签署，合同生效" if running else f"已代表{Side(side).label}签署"
    )
    return redirect("web:contract", pk)


def _row(thing: Contract) -> dict[str, Any]:
    stones = list(thing.milestones.all())
    done = [stone for stone in stones if stone.state == MilestoneState.CONFIRMED]
    ahead = [stone for stone in stones if stone.state != MilestoneState.CONFIRMED]
    coming = ahead[0] if ahead and thing.state == State.RUNNING else None
    return {
        "done": len(done),
        "total": len(stones),
        "next": coming,
        "late": until(coming.due_on) if coming and coming.is_late() else "",
    }


def _actions(user: User, thing: Contract) -> list[Button]:
    """Return the page's buttons: signing first, then what the workflow has."""
    signed = {signature.side for signature in thing.signatures.all()}
    open_sides = [s for s in policies.sides_of(user, thing) if s not in signed]
    made: list[Button] = []
    if thing.state == State.SIGNING:
        made += [
            Button(
                action=side.value,
                label=f"代表{side.label}签署",
                url=address("contract-sign", thing.pk),
                confirm="签署即表示本方同意合同全部内容；各方签署完毕，合同立即生效。",
                primary=True,
            )
            for side in open_sides
            if policies.may_sign(user, thing, side)
        ]
    recoverable = thing.state == State.TERMINATED and thing.paid > thing.recalled
    if recoverable and policies.may_recall(user, thing):
        made.append(link("追回资金", address("contract-recall", thing.pk)))
    if thing.state == State.DRAFTING and policies.may_draft(user, thing):
        made.append(link("编辑合同", address("contract-edit", thing.pk)))
    primary = Action.ACCEPT if thing.state == State.RUNNING else Action.PROPOSE
    steps = policies.actions_for(user, thing)
    url = address("contract-move", thing.pk)
    return made + buttons(Contract.LIFE, steps, url, primary=primary, confirm=CONFIRM)


def _milestone_actions(user: User, stone: Milestone) -> list[Button]:
    allowed = policies.milestone_actions_for(user, stone)
    made: list[Button] = []
    if MilestoneAction.REPORT in allowed:
        made.append(link("提交进展", address("milestone-report", stone.pk), primary=True))
    if open_for_request(stone) and policies.may_request(user, stone.contract):
        made.append(link("申请拨付", address("payment-request", stone.pk), primary=True))
    judged = [action for action in allowed if action != MilestoneAction.REPORT]
    return made + buttons(
        Milestone.LIFE,
        judged,
        address("milestone-judge", stone.pk),
        primary=MilestoneAction.CONFIRM,
        noted={MilestoneAction.CONFIRM},
    )


def _payment_actions(user: User, row: Payment) -> list[Button]:
    allowed = policies.payment_actions_for(user, row)
    made: list[Button] = []
    if PaymentAction.PAY in allowed:
        made.append(link("登记凭证", address("payment-voucher", row.pk), primary=True))
    steps = [action for action in allowed if action != PaymentAction.PAY]
    url = address("payment-move", row.pk)
    return made + buttons(Payment.LIFE, steps, url, primary=PaymentAction.APPROVE)
