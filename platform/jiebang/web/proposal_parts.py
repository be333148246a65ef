"""The parts of a solution's pages: what was asked, what is promised, its tables, buttons."""

from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.urls import reverse

from jiebang.accounts.models import User
from jiebang.common.money import in_wan
from jiebang.proposals import policies
from jiebang.proposals.models import BudgetRow, Proposal
from jiebang.proposals.states import EDITABLE, LIFE, Action
from jiebang.web.buttons import Button, buttons, link

TEXTS = (
    "technical_route", "innovation", "research_basis", "team", "schedule", "trl_now_evidence",
    "trl_end_evidence", "ip_proposal", "risks", "related_units",
)  # fmt: skip
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
        ("参与单位", _partners(proposal), ""),
        ("本市依托单位", proposal.host_unit.name if proposal.host_unit else "", ""),
        ("项目负责人", proposal.pi_name, ""),
        ("期望金额", in_wan(amount) if amount is not None else "", ""),
        ("自筹资金", in_wan(own) if own is not None else "", ""),
        ("完成期限", f"{proposal.term_months} 个月" if proposal.term_months else "", ""),
        ("技术就绪度", f"{now} 级，完成时 {end} 级" if now and end else "", ""),
        ("知识产权", proposal.get_ip_ownership_display(), ""),
        ("关联关系", proposal.get_relation_display(), ""),
        ("诚信承诺", f"已作出，签署人 {proposal.signatory}" if proposal.pledged else "", ""),
    ]


def tables(proposal: Proposal) -> list[dict[str, Any]]:
    """Return the tables of a solution as a page shows them; empty ones are left out."""
    sources = [(name, _label(BudgetRow, name)) for name in BudgetRow.SOURCES]
    budget = list(proposal.budget_rows.all())
    used = [(n, label) for n, label in sources if any(getattr(row, n) for row in budget)]
    lines = [
        [
            row.get_item_display(),
            *(_wan(getattr(row, n)) for n, _ in used),
            _wan(row.total),
            row.note,
        ]
        for row in budget
    ]
    if budget:
        sums = [sum((getattr(row, n) for row in budget), Decimal(0)) for n, _ in used]
        lines.append(["合计", *map(_wan, sums), _wan(sum(sums, Decimal(0))), ""])
    heads = ["科目", *(label for _, label in used), "合计", "说明"]
    made: list[dict[str, Any]] = [
        {"title": "经费预算（万元）", "heads": heads, "rows": lines, "money": len(used) + 1},
        {
            "title": "团队成员",
            "heads": ["姓名", "职称职务", "学历学位", "承担任务", "工时占比", "所在单位"],
            "rows": [
                [r.name, r.title, r.degree, r.role, f"{r.share}%" if r.share else "", r.unit]
                for r in proposal.team_rows.all()
            ],
        },
        {
            "title": "进度阶段",
            "heads": ["阶段", "历时", "阶段目标", "考核指标"],
            "rows": [
                [r.stage, f"{r.months} 个月" if r.months else "", r.goal, r.indicators]
                for r in proposal.schedule_rows.all()
            ],
        },
    ]
    return [
        {**table, "rows": [list(zip(table["heads"], row, strict=True)) for row in table["rows"]]}
        for table in made
        if table["rows"]
    ]


def texts(proposal: Proposal) -> list[tuple[str, str]]:
    """Return the texts that say something, each with its name, in reading order."""
    named = ((_label(Proposal, name), getattr(proposal, name)) for name in TEXTS)
    return [(label, text) for label, text in named if text]


def _partners(proposal: Proposal) -> str:
    joined = [p.unit.name for p in proposal.parties.select_related("unit") if not p.leads]
    return "、".join([*joined, *filter(None, [proposal.partners])])


def _wan(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount else "—"


def _label(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


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
    ways = [link("联合体与批注", reverse("web:proposal-consortium", args=[proposal.pk]))]
    if proposal.state in EDITABLE and policies.may_edit(user, proposal):
        ways.insert(0, link("编辑", reverse("web:proposal-edit", args=[proposal.pk])))
    return [*ways, *made]
