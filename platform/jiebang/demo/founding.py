"""The city before its story: people, units and calls, through the services."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jiebang.accounts import services as accounts
from jiebang.accounts.models import PlatformRole, User
from jiebang.achievements import services as achievements
from jiebang.common import clock
from jiebang.demo.content import PASSWORD, Row, day, money, rows
from jiebang.library import services as library
from jiebang.library.models import Call
from jiebang.library.states import RuleCode, WindowKind
from jiebang.organizations import queries as units
from jiebang.organizations import services as organizations
from jiebang.organizations.models import Organization
from jiebang.organizations.states import MemberRole
from jiebang.taxonomy import queries as taxonomy
from jiebang.taxonomy.models import ChainNode, District, IndustryChain

# Days from the founding of the city, which is now.
REGISTERED, VERIFIED, SUSPENDED = -520, -512, -100
LATECOMERS = -6  # the units whose registration is still under way
OFFERED = (-500, -90)  # the results, spread evenly in file order
UNIT_COLUMNS = (
    "name", "uscc", "kind", "city", "legal_person", "address", "intro", "main_business",
    "founded_on", "staff", "rd_staff", "contact_name", "contact_phone",
)  # fmt: skip


def person(username: str) -> User:
    """Return someone of the city."""
    return User.objects.get(username=username)


def unit(key: str) -> Organization:
    """Return a unit by its key in the file."""
    return Organization.objects.get(uscc=next(r["uscc"] for r in rows("units") if r["key"] == key))


def writer_of(organization: Organization) -> User:
    """Return somebody who may write in the unit's name: its first editor, or an administrator."""
    members = list(units.members(organization))
    editors = [m.user for m in members if m.role == MemberRole.EDITOR]
    return editors[0] if editors else administrator_of(organization)


def administrator_of(organization: Organization) -> User:
    """Return the unit's first administrator."""
    found = units.members(organization).filter(role=MemberRole.ADMINISTRATOR).first()
    if found is None:
        raise LookupError(f"{organization} has no administrator")
    return found.user


def people() -> None:
    """Let the people of the bureau, the towns and the expert pool sign up and get their roles."""
    for row in rows("people"):
        user = _sign_up(row)
        for role in row["roles"]:
            scopes = row.get("districts", [""]) if role == PlatformRole.ENDORSER else [""]
            accounts.grant_role(user=user, role=PlatformRole(role), scopes=scopes)


def all_units() -> None:
    """Let the units register, be verified, and take in their members."""
    officer = _officer()
    for row in rows("units"):
        state = row.get("state", "verified")
        late = state in ("pending", "returned")
        with clock.telling(day(LATECOMERS if late else REGISTERED)):
            first, *others = row["people"]
            founder = _sign_up(first)
            titles = row.get("qualifications", [])
            organization = organizations.register(
                actor=founder, data=_unit(row), qualifications=titles
            )
        with clock.telling(day(LATECOMERS + 1 if late else VERIFIED)):
            if state == "returned":
                _move(organization, "return", officer, row["note"])
            elif state != "pending":
                _move(organization, "verify", officer, "信息核对一致")
            for each in others:
                _take_in(organization, founder, each)
        if state == "suspended":
            with clock.telling(day(SUSPENDED)):
                _move(organization, "suspend", officer, row["note"])


def all_calls() -> dict[str, Call]:
    """Let the bureau open its calls; returns them by key."""
    made = {}
    for row in rows("calls"):
        begins = day(row["collection"][0])
        with clock.telling(begins):
            windows = {
                kind: (
                    day(row[kind][0] - row["collection"][0]),
                    day(row[kind][1] - row["collection"][0]),
                )
                for kind in WindowKind.values
            }
            made[row["key"]] = library.create_call(
                actor=person(row["officer"]),
                name=row["name"].format(year=clock.local(begins).year),
                scope=row["scope"],
                windows={WindowKind(kind): times for kind, times in windows.items()},
                rules={RuleCode(code): Decimal(v) for code, v in row["rules"].items()},
                criteria=[{**c, "weight": money(c["weight"])} for c in row["criteria"]],
            )
    return made


def all_achievements() -> None:
    """Let the units offer their results."""
    offered = rows("achievements")
    first, last = OFFERED
    for n, row in enumerate(offered):
        owner = unit(row["unit"])
        with clock.telling(day(first + (last - first) * n / len(offered))):
            achievements.create(owner=owner, actor=writer_of(owner), data=_achievement(row))


def _sign_up(row: Mapping[str, Any]) -> User:
    name = row["username"]
    return accounts.sign_up(
        username=name,
        password=PASSWORD,
        display_name=row["name"],
        email=f"{name}@demo.example",
    )


def _officer() -> User:
    return person(next(r["username"] for r in rows("people") if "officer" in r["roles"]))


def _unit(row: Row) -> Row:
    data = {name: row[name] for name in UNIT_COLUMNS if name in row}
    data["revenue"], data["rd_spending"] = money(row.get("revenue")), money(row.get("rd_spending"))
    if code := row.get("district"):
        data["district"] = District.objects.get(code=code)
    if code := row.get("chain"):
        data["chain"] = IndustryChain.objects.get(code=code)
        data["node"] = ChainNode.objects.filter(code=row.get("node")).first()
    return data


def _move(organization: Organization, action: str, officer: User, note: str) -> None:
    organizations.move(organization=organization, action=action, actor=officer, note=note)


def _take_in(organization: Organization, founder: User, row: Row) -> None:
    guest = _sign_up(row)
    _, token = organizations.invite(
        organization=organization, actor=founder, email=guest.email, role=row["role"]
    )
    organizations.accept_invitation(token=token, actor=guest)


def _achievement(row: Row) -> Row:
    field = taxonomy.find_field(row["field"])
    return {
        "title": row["title"],
        "tech_field": field,
        "keywords": ",".join(row["keywords"]),
        "summary": row["summary"],
        "form": row["form"],
        "trl": row.get("trl"),
        "transfer_modes": "、".join(row.get("transfer_modes", [])),
        "patents": _text(row.get("patents", "")),
        "price_band": row.get("price_band", ""),
    }


def _text(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)
