"""Units from a register; the bureau verifies each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from jiebang.accounts.models import User
from jiebang.common.errors import Invalid, NotAllowed
from jiebang.imports.cells import Cells
from jiebang.imports.mapping import RecordKind
from jiebang.organizations import services
from jiebang.organizations.models import Organization
from jiebang.organizations.states import Kind, QualificationKind
from jiebang.taxonomy.models import ChainNode, District, IndustryChain

KINDS = {
    "大学": "university",
    "高等院校": "university",
    "高等学校": "university",
    "研究机构": "institute",
    "科研机构": "institute",
    "公司": "enterprise",
}
TITLES = {"高企": "high_tech", "小巨人": "little_giant", "链主": "chain_leader"}


@dataclass(frozen=True)
class Registered:
    """A unit as `organizations.services.enrol` takes it."""

    data: Mapping[str, Any]
    qualifications: list[str]


class Organizations(RecordKind):
    """Units as a register shows them."""

    KIND, LABEL = "organizations", "单位"
    REQUIRED = ("name", "uscc", "kind")
    COLUMNS = {
        "name": ("单位全称", "单位名称", "机构全称", "企业名称", "名称"),
        "uscc": ("统一社会信用代码", "信用代码"),
        "kind": ("单位性质", "机构属性", "单位类型"),
        "district": ("所在镇街", "镇街", "园区", "镇街园区"),
        "city": ("所在城市", "城市"),
        "chain": ("产业链",),
        "node": ("产业链环节", "环节"),
        "legal_person": ("法定代表人", "法人代表"),
        "address": ("通讯地址", "地址"),
        "website": ("网址", "官网"),
        "intro": ("单位简介", "简介"),
        "main_business": ("主营业务",),
        "founded_on": ("成立日期",),
        "staff": ("人员数", "员工人数"),
        "rd_staff": ("研发人员数", "研发人员"),
        "revenue": ("上年营业收入", "营业收入"),
        "rd_spending": ("上年研发投入", "研发投入"),
        "contact_name": ("联系人",),
        "contact_phone": ("联系电话", "电话", "手机"),
        "contact_email": ("电子邮箱", "邮箱"),
        "qualifications": ("资质", "企业资质"),
    }

    def key(self, cells: Cells) -> str:
        """Return the unit's code; a wrong one is a fault and keys nothing."""
        code = cells.text("uscc", required=True)
        try:
            return services.check_uscc(code) if code else ""
        except Invalid as refusal:
            cells.fault("uscc", str(refusal).removeprefix("统一社会信用代码"))
            return ""

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return the codes that are registered."""
        found = Organization.objects.filter(uscc__in=list(keys))
        return set(found.values_list("uscc", flat=True))

    def read(self, key: str, cells: Cells) -> Registered:
        """Return the unit."""
        data: dict[str, Any] = {
            name: cells.text(name, most=most)
            for name, most in (
                ("legal_person", 40), ("address", 120), ("intro", 500), ("main_business", 200),
                ("contact_name", 40), ("contact_phone", 30), ("contact_email", 254),
            )
        }  # fmt: skip
        if city := cells.text("city", most=40):
            data["city"] = city
        chain = _one_of(cells, "chain", IndustryChain, Q())
        data |= {
            "name": cells.text("name", most=80, required=True),
            "uscc": key,
            "kind": cells.choice("kind", Kind, KINDS) or cells.text("kind", required=True),
            "district": _one_of(cells, "district", District, Q()),
            "chain": chain,
            "node": _one_of(cells, "node", ChainNode, Q(chain=chain)),
            "website": cells.address("website", most=200),
            "founded_on": cells.day("founded_on"),
            "staff": cells.whole("staff", 0, 10**7),
            "rd_staff": cells.whole("rd_staff", 0, 10**7),
            "revenue": cells.money("revenue"),
            "rd_spending": cells.money("rd_spending"),
        }
        return Registered(data, _titles(cells))

    def write(self, actor: User | None, content: Registered) -> None:
        """Take it in without members; an officer invites its first administrator."""
        if actor is None:
            raise NotAllowed("导入单位须指明登记人", code="actor_required")
        services.enrol(actor=actor, data=content.data, qualifications=content.qualifications)


def _one_of(cells: Cells, name: str, model: type[Any], which: Q) -> Any:
    """Return the row of reference data with this name or code; none is a fault."""
    text = cells.text(name)
    if not text:
        return None
    found = model.objects.filter(which, Q(name=text) | Q(code=text), active=True).first()
    if found is None:
        cells.fault(name, f"“{text}”不在目录中，请按目录填写或留空")
    return found


def _titles(cells: Cells) -> list[str]:
    known = {label: value for value, label in QualificationKind.choices} | TITLES
    titles = []
    for word in filter(None, cells.words("qualifications", most=200).split(",")):
        value = known.get(word) or (word if word in QualificationKind.values else "")
        if value:
            titles.append(value)
        else:
            cells.fault("qualifications", f"没有“{word}”这种资质")
    return titles
