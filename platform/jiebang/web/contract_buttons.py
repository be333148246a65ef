"""The buttons of a contract's page: what this person can do with it and its parts now."""

from collections.abc import Sequence

from jiebang.accounts.models import User
from jiebang.contracts import changes, policies, settlements
from jiebang.contracts.models import (
    ChangeRequest,
    Contract,
    Milestone,
    Payment,
    Settlement,
    StageOpinion,
)
from jiebang.contracts.payments import open_for_request
from jiebang.contracts.states import (
    BROKEN_OFF,
    ENDED,
    Action,
    MilestoneAction,
    MilestoneState,
    PaymentAction,
    RequestAction,
    RequestKind,
    SettlementAction,
    SettlementState,
    Side,
    State,
)
from jiebang.web.buttons import Button, buttons, link
from jiebang.web.listing import address

CONFIRM: dict[str, str] = {Action.PROPOSE: "送签后内容锁定，各方签署完毕即生效。"}


def of_contract(user: User, thing: Contract) -> list[Button]:
    """Return the page's buttons: signing first, then what the workflow has."""
    signed = {signature.side for signature in thing.signatures.all()}
    open_sides = [s for s in policies.sides_of(user, thing) if s not in signed]
    made: list[Button] = []
    if thing.state == State.SIGNING:
        made += [
            Button(
                action=side.value,
                label=f"代表{side.label}签署",
                url=address("contract-sign", thing.pk, version=thing.version),
                confirm="签署即表示本方同意合同全部内容；各方签署完毕，合同立即生效。",
                primary=True,
            )
            for side in open_sides
            if policies.may_sign(user, thing, side)
        ]
        if Side.BUREAU in open_sides and policies.may_sign(user, thing, Side.BUREAU):
            made.append(link("登记文号并签署", address("contract-countersign", thing.pk)))
    made += _of_the_end(user, thing)
    if thing.state == State.DRAFTING and policies.may_draft(user, thing):
        made.append(link("编辑合同", address("contract-edit", thing.pk)))
    made += [
        link(f"申请{kind.label}", address("contract-ask", thing.pk, kind.value))
        for kind in _kinds(user, thing)
    ]
    primary = Action.ACCEPT if thing.state == State.RUNNING else Action.PROPOSE
    steps = policies.actions_for(user, thing)
    url = address("contract-move", thing.pk)
    return made + buttons(Contract.LIFE, steps, url, primary=primary, confirm=CONFIRM)


def _kinds(user: User, thing: Contract) -> list[RequestKind]:
    """Return what the person can ask of the contract: nothing while a request is pending."""
    kinds = policies.kinds_to_ask(user, thing)
    if not kinds or changes.of_contract_pending(thing):
        return []
    if RequestKind.EXTENSION in kinds and not changes.may_extend(thing):
        kinds.remove(RequestKind.EXTENSION)
    return kinds


def hints(user: User, thing: Contract) -> list[str]:
    """Return what this person could do here but not now, and why."""
    found: list[str] = []
    kinds = policies.kinds_to_ask(user, thing)
    if kinds and (pending := changes.of_contract_pending(thing)):
        label = pending.get_kind_display()
        return [f"{label}申请 {pending.number} 正在办理，办结或撤回后才能再提申请"]
    if RequestKind.EXTENSION in kinds and not (may := changes.may_extend(thing)):
        found.append(may.reason)
    over = thing.state in ENDED and not thing.closed_at
    if over and policies.may_close(user, thing) and not (done := settlements.all_settled(thing)):
        found.append(done.reason)
    return found


def _of_the_end(user: User, thing: Contract) -> list[Button]:
    """Return what is left to do when the contract is over: settle, call back, close."""
    if thing.closed_at or thing.state not in ENDED:
        return []
    made: list[Button] = []
    settlement = getattr(thing, "settlement", None)
    unsettled = settlement is None or settlement.state == SettlementState.RETURNED
    broken_off = thing.state in BROKEN_OFF and thing.paid > 0
    if broken_off and unsettled and policies.may_propose_settlement(user, thing):
        made.append(link("结算", address("contract-settle", thing.pk), primary=True))
    owed = settlement.to_return if settlement and not unsettled else 0
    confirmed = settlement is not None and settlement.state == SettlementState.CONFIRMED
    if confirmed and owed > thing.recalled and policies.may_recall(user, thing):
        made.append(link("追回资金", address("contract-recall", thing.pk)))
    if policies.may_close(user, thing) and settlements.all_settled(thing):
        made.append(link("办结", address("contract-close", thing.pk)))
    return made


def of_settlement(user: User, settlement: Settlement) -> list[Button]:
    """Return what can be done with a settlement."""
    steps = policies.settlement_actions_for(user, settlement)
    steps = [step for step in steps if step != SettlementAction.RESUBMIT]
    url = address("settlement-move", settlement.pk)
    return buttons(Settlement.LIFE, steps, url, primary=SettlementAction.CONFIRM)


def of_request(user: User, row: ChangeRequest, version: int) -> list[Button]:
    """Return what can be done with a request, under the version of the contract that is shown."""
    steps = policies.request_actions_for(user, row)
    url = address("contract-request-move", row.pk, version=version)
    chief = RequestAction.AGREE if RequestAction.AGREE in steps else RequestAction.APPROVE
    return buttons(ChangeRequest.LIFE, steps, url, primary=chief, noted={RequestAction.APPROVE})


def of_milestone(user: User, stone: Milestone) -> list[Button]:
    """Return what can be done with a milestone."""
    allowed = policies.milestone_actions_for(user, stone)
    opinions = newest_opinions(stone)
    if opinions and MilestoneAction.REPORT in allowed and stone.state == MilestoneState.REPORTED:
        allowed.remove(MilestoneAction.REPORT)
    if check_runs(stone, opinions):
        allowed = [a for a in allowed if a in (MilestoneAction.REPORT, MilestoneAction.RETURN)]
    made: list[Button] = []
    if MilestoneAction.REPORT in allowed:
        again = stone.state == MilestoneState.REPORTED
        label = "重新提交进展" if again else "提交进展"
        made.append(link(label, address("milestone-report", stone.pk), primary=not again))
    if open_for_request(stone) and policies.may_request(user, stone.contract):
        made.append(link("申请拨付", address("payment-request", stone.pk), primary=True))
    newest = max((row.pk for row in stone.reports.all()), default=None)
    waiting = stone.expert_check and stone.state == MilestoneState.REPORTED
    if waiting and not opinions and policies.may_arrange_check(user, stone.contract):
        made.append(link("安排专家检查", address("milestone-check", stone.pk), primary=True))
    if MilestoneAction.RECTIFY in allowed:
        url = address("milestone-rectify", stone.pk, report=newest)
        made.append(link(str(MilestoneAction.RECTIFY.label), url))
    by_form = {MilestoneAction.REPORT, MilestoneAction.RECTIFY}
    judged = [action for action in allowed if action not in by_form]
    return made + buttons(
        Milestone.LIFE,
        judged,
        address("milestone-judge", stone.pk, report=newest),
        primary=MilestoneAction.CONFIRM,
        noted={MilestoneAction.CONFIRM},
    )


def newest_opinions(stone: Milestone) -> list[StageOpinion]:
    """Return what experts were asked on the newest report."""
    newest = max(stone.reports.all(), key=lambda row: row.pk, default=None)
    return list(newest.opinions.all()) if newest else []


def check_runs(stone: Milestone, opinions: Sequence[StageOpinion]) -> bool:
    """Say whether an experts' check that the report waits for is still to come or under way."""
    if stone.state != MilestoneState.REPORTED:
        return False
    unasked = stone.expert_check and not opinions
    return unasked or any(opinion.given_at is None for opinion in opinions)


def of_payment(user: User, row: Payment) -> list[Button]:
    """Return what can be done with a payment."""
    allowed = policies.payment_actions_for(user, row)
    made: list[Button] = []
    if PaymentAction.PAY in allowed:
        made.append(link("登记凭证", address("payment-voucher", row.pk), primary=True))
    steps = [action for action in allowed if action != PaymentAction.PAY]
    url = address("payment-move", row.pk)
    return made + buttons(Payment.LIFE, steps, url, primary=PaymentAction.APPROVE)
