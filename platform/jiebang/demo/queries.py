"""The demo city's accounts, for its own sign-in page."""

from dataclasses import dataclass

from django.conf import settings

from jiebang.accounts.models import PlatformRole, User
from jiebang.demo.content import PASSWORD, rows
from jiebang.organizations.states import MemberRole

NAMES = dict(PlatformRole.choices)
MEMBER_NAMES = dict(MemberRole.choices)
SHOWN_UNITS = 8


@dataclass(frozen=True)
class Account:
    """Whom one can be in the demo city, and what that person does there."""

    username: str
    name: str
    part: str


def accounts() -> dict[str, list[Account]]:
    """Return the accounts by group, or nothing outside demo mode or before the city is told."""
    if not settings.DEMO_MODE or not User.objects.filter(username=_first()).exists():
        return {}
    groups: dict[str, list[Account]] = {"科技局、镇街与专家": [], "企业": [], "高校与院所": []}
    for row in rows("people"):
        if not row.get("listed", True):
            continue
        part = "、".join(str(NAMES[role]) for role in row["roles"])
        groups["科技局、镇街与专家"].append(Account(row["username"], row["name"], part))
    for unit in rows("units"):
        if unit.get("state", "verified") != "verified":
            continue
        group = groups["企业" if unit["kind"] == "enterprise" else "高校与院所"]
        if len(group) < SHOWN_UNITS:
            person = unit["people"][0]
            part = f"{unit['name']}（{MEMBER_NAMES[person['role']]}）"
            group.append(Account(person["username"], person["name"], part))
    return groups


def password() -> str:
    """Return the one password of all demo accounts."""
    return PASSWORD


def _first() -> str:
    return str(rows("people")[0]["username"])
