"""The left navigation of the desk: by a person's job, not by tables."""

from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse

from jiebang.accounts.models import PlatformRole, User
from jiebang.organizations import queries as units


class NavItem(TypedDict):
    """One entry; items that follow each other with the same `group` stand under its name."""

    label: str
    url: str
    icon: str
    count: int
    active: bool
    group: str


Entry = tuple[str, str, str]  # label, name of the address, icon
EVERYBODY: list[Entry] = [("待办事项", "desk", "inbox"), ("消息", "notifications", "bell")]
IN_A_UNIT: list[Entry] = [
    ("技术需求", "needs", "edit"),
    ("揭榜书", "proposals", "send"),
    ("科技成果", "my-achievements", "spark"),
    ("合同", "contracts", "contract"),
    ("验收", "acceptances", "circle-check"),
    ("绩效评价", "assessments", "chart"),
    ("我的单位", "my-unit", "building"),
    ("诚信记录", "integrity", "shield"),
]
BUREAU = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)
BY_ROLE: list[tuple[tuple[PlatformRole, ...], str, list[Entry]]] = [
    ((PlatformRole.ENDORSER,), "归口推荐", [("推荐需求", "endorser-needs", "check")]),
    (
        (PlatformRole.EXPERT,),
        "专家",
        [
            ("论证需求", "expert-appraisals", "star"),
            ("评审邀请", "expert-seats", "inbox"),
            ("专家信息", "expert-profile", "user"),
        ],
    ),
    (
        BUREAU,
        "科技局",
        [
            ("总览", "officer-dashboard", "chart"),
            ("需求受理", "officer-needs", "inbox"),
            ("项目库", "officer-library", "archive"),
            ("榜题", "officer-challenges", "flag"),
            ("专家库", "officer-experts", "users"),
            ("异议", "objections", "inbox"),
            ("工作日历", "officer-calendar", "calendar"),
            ("合同", "contracts", "contract"),
            ("项目总览", "portfolio", "eye"),
            ("验收", "acceptances", "circle-check"),
            ("绩效评价", "assessments", "chart"),
        ],
    ),
    (
        (PlatformRole.OFFICER,),
        "科技局",
        [
            ("单位核验", "officer-units", "building"),
            ("批次", "officer-calls", "calendar"),
            ("合同模板", "contract-templates", "file"),
            ("导入", "imports", "upload"),
        ],
    ),
    (BUREAU, "科技局", [("诚信记录", "integrity", "shield"), ("词典", "lexicon", "spark")]),
    (BUREAU, "科技局", [("审计记录", "audit-log", "shield")]),
]
ALWAYS: list[Entry] = [
    ("我的日历", "my-calendar", "calendar"),
    ("后台任务", "jobs", "clock"),
    ("我的账号", "profile", "user"),
]


def items_for(request: HttpRequest) -> list[NavItem]:
    """Return what this person works with, most used first."""
    user = request.user
    if not isinstance(user, User):
        return []
    groups: list[tuple[str, list[Entry]]] = [("", EVERYBODY)]
    if units.roles_of(user):
        groups.append(("本单位", IN_A_UNIT))
    groups += [(name, entries) for roles, name, entries in BY_ROLE if user.has_role(*roles)]
    if not units.roles_of(user) and len(groups) == 1:
        groups.append(("开始", [("登记单位", "my-unit", "building")]))
    groups.append(("其他", ALWAYS))
    return [
        {
            "label": label,
            "url": (url := reverse(f"web:{name}")),
            "icon": icon,
            "count": 0,
            "active": request.path.startswith(url),
            "group": group,
        }
        for group, entries in groups
        for label, name, icon in entries
    ]
