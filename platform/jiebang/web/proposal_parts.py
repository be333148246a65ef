"""The parts of a solution's pages: what was asked, what is promised, what is missing, buttons."""

from typing import Any

from django.urls import reverse

from jiebang.accounts.models import User
from jiebang.common.money import in_wan
from jiebang.proposals import checks, policies
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import EDITABLE, LIFE, Action
from jiebang.web.buttons import Button, buttons, link

Fact = tuple[str, Any, str]  # name, value, address


def asked(proposal: Proposal) -> list[Fact]:
    """Return what the challenge asks, in short, to have it beside the form."""
    challenge, need = proposal.challenge, proposal.challenge.need
    return [
        ("榜题编号", challenge.number, reverse("web:challenge", args=[challenge.pk])),
        ("发榜单位", challenge.owner_name, ""),
        ("榜单金额", in_wan(challenge.bounty), ""),
        ("实施期限", f"{need.term_months} 个月" if need.term_months else "", ""),
        ("目标就绪度", f"{need.trl_target} 级" if need.trl_target else "", ""),
        ("解决方式", need.get_solve_mode_display(), ""),
        ("知识产权", need.get_ip_ownership_display(), ""),
        ("验收方式", need.get_acceptance_method_display(), ""),
        ("揭榜条件", need.solver_conditions, ""),
    ]


def facts(proposal: Proposal) -> list[Fact]:
    """Return what stands beside the texts of a solution."""
    challenge = reverse("web:challenge", args=[proposal.challenge_id])
    amount, own = proposal.asked_amount, proposal.self_raised
    now, end = proposal.trl_now, proposal.trl_end
    return [
        ("榜题", proposal.challenge.title, challenge),
        ("牵头单位", proposal.lead.name, reverse("web:unit", args=[proposal.lead_id])),
        ("参与单位", proposal.partners, ""),
        ("项目负责人", proposal.pi_name, ""),
        ("期望金额", in_wan(amount) if amount is not None else "", ""),
        ("自筹资金", in_wan(own) if own is not None else "", ""),
        ("完成期限", f"{proposal.term_months} 个月" if proposal.term_months else "", ""),
        ("技术就绪度", f"{now} 级，完成时 {end} 级" if now and end else "", ""),
        ("知识产权", proposal.get_ip_ownership_display(), ""),
        ("诚信承诺", "已作出" if proposal.pledged else "", ""),
    ]


def rows(proposal: Proposal) -> list[dict[str, Any]]:
    """Return every indicator that is asked, with what is promised for it."""
    answered = {row.indicator_id: row for row in proposal.responses.select_related("indicator")}
    made = []
    for indicator in proposal.challenge.need.indicators.all():
        response = answered.get(indicator.pk)
        made.append(
            {
                "name": indicator.name,
                "core": indicator.core,
                "target": indicator.target,
                "promised": response.promised if response else "",
                "enough": response.is_enough if response else None,
                "method": response.method if response else "",
            }
        )
    return made


def readiness(proposal: Proposal) -> dict[str, Any]:
    """Return what is missing, as (place, sentence), and which promises are below what is asked."""
    missing = checks.missing(proposal)
    weak = [
        (f"id_response-{row.indicator_id}", f"“{row.indicator.name}”承诺 {row.promised}，低于要求")
        for row in proposal.responses.select_related("indicator")
        if row.is_enough is False
    ]
    return {
        "missing": [(f"id_{name}", text) for name, texts in missing.items() for text in texts],
        "weak": weak,
    }


def actions(user: User, proposal: Proposal) -> list[Button]:
    """Return what this person can do with it now."""
    made = buttons(
        LIFE,
        policies.actions_for(user, proposal),
        reverse("web:proposal-move", args=[proposal.pk]),
        primary=Action.SUBMIT,
        confirm={
            Action.SUBMIT: "提交后不能直接修改；截止之前可以撤回，改好后重新提交。确认提交吗？",
            Action.WITHDRAW: "撤回后须在截止之前重新提交才有效。确认撤回吗？",
        },
    )
    if proposal.state in EDITABLE:
        return [link("编辑", reverse("web:proposal-edit", args=[proposal.pk])), *made]
    return made
