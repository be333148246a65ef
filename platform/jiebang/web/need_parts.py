"""The parts of a need's page: its life, its facts, its versions, its record, its buttons."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.urls import reverse

from jiebang.accounts.models import User
from jiebang.common.money import in_wan
from jiebang.library import policies, snapshots
from jiebang.library.models import NeedVersion, TechNeed
from jiebang.library.states import EDITABLE, LIFE, Action, State
from jiebang.organizations import policies as unit_policies
from jiebang.web.buttons import Button, buttons, link
from jiebang.web.trail import Line, trail

Fact = tuple[str, Any, str]  # name, value, address
STEPS = (
    ("填报", State.DRAFT),
    ("归口推荐", State.SUBMITTED),
    ("形式审查", State.ENDORSED),
    ("专家论证", State.APPRAISAL),
    ("入库", State.IN_LIBRARY),
    ("张榜", State.POSTED),
    ("出库", State.EXITED),
)
# Where a need stands whose state is no step of its own, or is past the last one.
STANDS_AT = {
    State.RETURNED: 0,
    State.WITHDRAWN: 0,
    State.REJECTED: 3,
    State.LAPSED: 4,
    State.COMMISSIONED: 5,
    State.EXITED: len(STEPS),
}
STOPPED = frozenset({State.REJECTED, State.WITHDRAWN, State.LAPSED})


def steps(need: TechNeed) -> list[dict[str, Any]]:
    """Return the whole life of a need and where it stands."""
    order = [state for _, state in STEPS]
    state = State(need.state)
    here = STANDS_AT[state] if state in STANDS_AT else order.index(state)
    at_here = "failed" if state in STOPPED else "current"
    return [
        {
            "label": need.get_state_display() if n == here and state not in order else label,
            "state": "done" if n < here else "todo" if n > here else at_here,
        }
        for n, (label, _) in enumerate(STEPS)
    ]


def facts(user: User, need: TechNeed) -> list[Fact]:
    """Return what stands beside the texts; the contact only for whom it is."""
    unit = reverse("web:unit", args=[need.owner_id]) if need.owner_id else ""
    contact = "" if hidden_from(user, need) else f"{need.contact_name} {need.contact_phone}"
    return [
        ("需求单位", need.owner_name, unit),
        ("申报批次", need.call, ""),
        ("技术领域", need.tech_field, ""),
        ("关键词", "、".join(need.keyword_list), ""),
        ("投入总额", in_wan(need.total_budget), ""),
        ("榜单金额", in_wan(need.bounty), ""),
        ("申请补助", in_wan(need.grant) if need.grant else "", ""),
        ("实施期限", f"{need.term_months} 个月" if need.term_months else "", ""),
        ("技术就绪度", _maturity(need), ""),
        ("解决方式", need.get_solve_mode_display(), ""),
        ("活动类型", need.get_activity_type_display(), ""),
        ("知识产权", need.get_ip_ownership_display(), ""),
        ("验收方式", need.get_acceptance_method_display(), ""),
        ("意向单位", need.intended_units, ""),
        ("密级", need.get_secrecy_display(), ""),
        ("发布方式", "发布时隐去单位名称" if need.mask_owner else "", ""),
        ("有效期至", need.valid_until, ""),
        ("联系人", contact.strip(), ""),
        ("来源", need.source_url, need.source_url),
    ]


def hidden_from(user: User, need: TechNeed) -> frozenset[str]:
    """Return the columns this person does not see: the contact, unless it is theirs to know."""
    known = need.owner is not None and unit_policies.may_see_contact(user, need.owner)
    return frozenset() if known else snapshots.PRIVATE


def changes(
    versions: Iterable[NeedVersion], hidden: frozenset[str]
) -> list[tuple[str, list[snapshots.Change]]]:
    """Return the differences from each version to the next, the newest first."""
    made = []
    for old, new in pairwise(versions):
        found = snapshots.differences(old.content, new.content)
        shown = [change for change in found if change.field not in hidden]
        made.append((f"第 {old.number} 版 → 第 {new.number} 版", shown))
    return made[::-1]


def readable(version: NeedVersion, hidden: frozenset[str]) -> list[tuple[str, str]]:
    """Return the columns of a version by their names, in the order in which they are kept."""
    names = [n for n in ("tech_field", *snapshots.CONTENT) if n not in hidden]
    labels = {f.name: str(getattr(f, "verbose_name", f.name)) for f in TechNeed._meta.get_fields()}
    return [(labels[n], version.content[n]) for n in names if version.content.get(n)]


def indicators(version: NeedVersion) -> list[dict[str, Any]]:
    """Return the indicator rows of a version."""
    return [{**row, "core": row.get("core") == "是"} for row in version.content["indicators"]]


def entries(user: User, need: TechNeed) -> list[Line]:
    """Return the record; who appraised, and how, is the bureau's affair."""
    if user.has_role(*policies.BUREAU):
        return trail(need)
    return trail(need, without=("save", "assign", "appraise"))


def actions(user: User, need: TechNeed) -> list[Button]:
    """Return what this person can do now, the next step of the process as the primary one."""
    can = policies.actions_for(user, need)
    edit = edit_url(user, need)
    to_mend = bool(edit) and need.state == State.RETURNED
    forward = next((a for a in can if a not in (Action.WITHDRAW, Action.RETURN)), "")
    made = buttons(
        LIFE,
        can,
        reverse("web:need-move", args=[need.pk]),
        primary="" if to_mend else forward,
        noted=(Action.ENDORSE, Action.PASS_CHECK),
        confirm={
            Action.SUBMIT: "提交后内容将锁定，由归口部门推荐。确认提交吗？",
            Action.WITHDRAW: "撤回后不能恢复，如需再报请重新填报。确认撤回吗？",
        },
    )
    return [link("修改", edit, primary=to_mend), *made] if edit else made


def edit_url(user: User, need: TechNeed) -> str:
    """Return where this person can change the need, if at all."""
    if need.state not in EDITABLE or not policies.may_edit(user, need):
        return ""
    return reverse("web:need-edit", args=[need.pk])


def _maturity(need: TechNeed) -> str:
    now, target = need.trl_now, need.trl_target
    if now and target:
        return f"{now} 级 → {target} 级"
    return f"现有 {now} 级" if now else f"目标 {target} 级" if target else ""
