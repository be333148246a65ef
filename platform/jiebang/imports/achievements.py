"""Achievements from public sources."""

from collections.abc import Iterable, Mapping
from typing import Any

from jiebang.accounts.models import User
from jiebang.achievements import services
from jiebang.achievements.models import Achievement
from jiebang.imports.cells import Cells
from jiebang.imports.mapping import RecordKind

# How lists of achievements call the form, beside our own labels.
FORMS = {
    "paper": "paper",
    "institute_team": "team",
    "institute_profile": "team",
    "paper_news": "other",
    "funded_project": "other",
    "roadshow_project": "other",
    "news_reported_result": "other",
    "transfer_reported": "other",
    "发明专利": "patent",
    "实用新型": "patent",
    "新材料": "material",
    "新工艺": "process",
    "新装置": "prototype",
    "新产品": "prototype",
    "软件著作权": "software",
}
LICENCES = {"facts restated from a public page": "据公开网页整理的事实"}


class Achievements(RecordKind):
    """Achievements as papers, reports and transfer platforms show them."""

    KIND, LABEL = "achievements", "成果"
    REQUIRED = ("title", "summary", "org")
    COLUMNS = {
        "id": ("编号", "成果编号", "登记号"),
        "title": ("成果名称", "项目名称", "名称", "标题"),
        "field": ("技术领域", "所属领域", "高新领域", "领域"),
        "keywords": ("关键词", "关键字"),
        "summary": ("成果简介", "简介", "摘要", "成果描述", "description"),
        "form": ("体现形式", "成果类型", "kind"),
        "trl": ("技术就绪度", "所处阶段"),
        "transfer_modes": ("转让方式", "合作方式"),
        "patents": ("专利授权号", "专利号"),
        "price_band": ("价格区间",),
        "org": ("完成单位", "单位名称", "单位", "来源单位"),
        "source_url": ("来源网址", "网址", "链接"),
        "licence": ("许可", "license"),
    }

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys that were taken in before."""
        found = Achievement.objects.filter(source_key__in=list(keys))
        return set(found.values_list("source_key", flat=True))

    def read(self, key: str, cells: Cells) -> Mapping[str, Any]:
        """Return the achievement."""
        licence = cells.text("licence")
        return {
            "source_key": key,
            "title": cells.text("title", most=200, required=True),
            "tech_field": self.tech_field(cells),
            "keywords": cells.words("keywords", most=300),
            "summary": cells.text("summary", most=4000, required=True),
            "form": cells.choice("form", Achievement.Form, FORMS) or Achievement.Form.OTHER,
            "trl": cells.whole("trl", 1, 9),
            "transfer_modes": cells.text("transfer_modes", most=60),
            "patents": cells.text("patents", most=120),
            "price_band": cells.text("price_band", most=40),
            "source_unit": cells.text("org", most=120, required=True),
            "source_url": cells.address("source_url", most=400),
            "licence": LICENCES.get(licence, licence),
        }

    def write(self, actor: User | None, content: Mapping[str, Any]) -> None:
        """Take it in."""
        services.gather(actor=actor, data=content)
