"""Needs from public lists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jiebang.accounts.models import User
from jiebang.imports import indicators
from jiebang.imports.cells import Cells
from jiebang.imports.mapping import RecordKind
from jiebang.library import services
from jiebang.library.models import TechNeed

LONGEST_TITLE = 60
_BREAK = re.compile(r"[，。；、：,;:（(—\s]")
# What else a list says of a need; kept in its background, one after another.
PROVENANCE = {
    "region": "所在地区",
    "posted": "发布时间",
    "deadline": "截止时间",
    "scheme": "征集方式",
    "context": "背景说明",
    "solver": "已知揭榜方",
}
MONEY = {"": "total_budget", "投入总额": "total_budget", "榜单金额": "bounty", "财政补助": "grant"}
MONEY_ELSEWHERE = {
    "poster_rd_budget": "total_budget",
    "bounty": "bounty",
    "grant_cap": "grant",
    "grant_awarded": "grant",
}


@dataclass(frozen=True)
class Gathered:
    """A need as `library.services.gather` takes it."""

    data: Mapping[str, Any]
    indicators: list[dict[str, Any]]


class Needs(RecordKind):
    """Needs as an official list or another platform shows them."""

    KIND, LABEL = "needs", "需求"
    REQUIRED = ("title",)
    COLUMNS = {
        "id": ("编号", "需求编号", "项目编号"),
        "title": ("需求名称", "技术需求名称", "榜题名称", "榜题", "项目名称", "名称", "标题"),
        "field": ("技术领域", "所属领域", "领域"),
        "keywords": ("关键词", "关键字"),
        "main_problem": (
            "拟解决的技术难题", "技术难题", "主要问题", "需求描述", "需求内容", "需求简介",
            "description",
        ),
        "key_technology": ("主要研究内容", "研究内容", "技术关键"),
        "expected_goal": ("预期目标",),
        "background": ("需求背景",),
        "current_basis": ("现有基础条件", "现有基础"),
        "deliverables": ("交付要求", "揭榜交付要求"),
        "solver_conditions": ("揭榜条件",),
        "indicators": ("主要技术指标", "技术指标", "考核指标"),
        "total_budget": (
            "拟投入资金总额", "拟投入资金", "投入总额", "资金预算", "预算", "budget_wan",
        ),
        "budget_kind": ("资金类别",),
        "bounty": ("榜单金额", "榜额", "悬赏金额"),
        "term_months": ("实施期限", "完成时限"),
        "trl_now": ("现有技术就绪度",),
        "trl_target": ("目标技术就绪度",),
        "org": ("需求单位", "发榜单位", "发布单位", "企业名称", "单位名称", "单位", "来源单位"),
        "source_url": ("来源网址", "网址", "链接"),
        "region": ("所在地区", "地区"),
        "posted": ("发布时间", "发布日期"),
        "deadline": ("截止时间", "截止日期"),
        "scheme": ("征集方式",),
        "context": ("背景说明", "listing_context"),
        "solver": ("已知揭榜方", "揭榜方", "solver_reported"),
    }  # fmt: skip

    def known(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys that were gathered before."""
        found = TechNeed.objects.filter(source_key__in=list(keys))
        return set(found.values_list("source_key", flat=True))

    def read(self, key: str, cells: Cells) -> Gathered:
        """Return the need; a title too long is cut, and stands whole before the problem."""
        whole = cells.text("title", required=True)
        title, problem = cut(whole), cells.text("main_problem")
        if title != whole:
            problem = f"{whole}\n{problem}".strip()
            cells.note("title", f"超过 {LONGEST_TITLE} 字，已缩短，全文放在技术难题之首")
        if len(problem) > _most("main_problem"):
            cells.fault("main_problem", f"有 {len(problem)} 字，最多 {_most('main_problem')} 字")
        data: dict[str, Any] = {
            name: cells.text(name, most=_most(name))
            for name in (
                "key_technology", "expected_goal", "current_basis", "deliverables",
                "solver_conditions",
            )
        }  # fmt: skip
        data |= {
            "source_key": key,
            "title": title,
            "tech_field": self.tech_field(cells),
            "keywords": cells.words("keywords", most=_most("keywords")),
            "main_problem": problem,
            "background": _background(cells),
            "term_months": cells.whole("term_months", 1, 120),
            "trl_now": cells.whole("trl_now", 1, 9),
            "trl_target": cells.whole("trl_target", 1, 9),
            "source_unit": cells.text("org", most=_most("source_unit")),
            "source_url": cells.address("source_url", most=_most("source_url")),
        }
        return Gathered(data | _money(cells), indicators.parse(cells.text("indicators")))

    def write(self, actor: User | None, content: Gathered) -> None:
        """Gather it."""
        services.gather(actor=actor, data=content.data, indicators=content.indicators)


def cut(title: str, most: int = LONGEST_TITLE) -> str:
    """Return a title that fits: up to the last break in its second half, or to its last sign."""
    if len(title) <= most:
        return title
    breaks = [found.start() for found in _BREAK.finditer(title[: most + 1])]
    end = max((at for at in breaks if at >= most // 2), default=0)
    return title[:end] if end else title[: most - 1] + "…"


def _background(cells: Cells) -> str:
    said = [cells.text("background")]
    said += [f"{label}：{text}" for name, label in PROVENANCE.items() if (text := cells.text(name))]
    background = "；".join(filter(None, said))
    if len(background) > _most("background"):
        sentence = f"连同来源信息有 {len(background)} 字，最多 {_most('background')} 字，请精简"
        cells.fault("background", sentence)
    return background


def _money(cells: Cells) -> dict[str, Any]:
    """Return the amounts; what a list calls its budget may be a bounty or a grant."""
    kind = cells.text("budget_kind")
    amounts = {"bounty": cells.money("bounty")}
    name = (MONEY | MONEY_ELSEWHERE).get(kind)
    if not name:
        cells.fault("budget_kind", f"“{kind}”不在可选范围：{'、'.join(filter(None, MONEY))}")
        return amounts
    amount = cells.money("total_budget")
    return amounts if amount is None else {**amounts, name: amount}


def _most(name: str) -> int:
    return int(TechNeed._meta.get_field(name).max_length)  # type: ignore[union-attr,arg-type]
