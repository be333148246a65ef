"""The approval file of a commission as a paper: what was decided on what, by whom, and when."""

from collections.abc import Iterator
from typing import Any

from jiebang.audit import queries as audit
from jiebang.commissions import strength
from jiebang.commissions.models import Commission
from jiebang.common import clock
from jiebang.common.money import in_wan, in_words
from jiebang.papers.blocks import Block, Heading, Paper, Paragraph, Signatures, Table, facts

DRAWN_NOW = "委托尚未提交，以下依据为系统此刻汇集的结果。"


def of(commission: Commission) -> Paper:
    """Return the paper with its grounds as they were proposed; drawn now for a draft."""
    content, version = strength.seen(commission)
    frozen = DRAWN_NOW
    if version is not None:
        when = f"{clock.local(version.proposed_at):%Y年%-m月%-d日 %H:%M}"
        frozen = f"以下依据为第 {version.number} 版提交时（{when}）固定。"
    return Paper(
        title="定向委托审批材料",
        subtitle=f"{commission.title}（{commission.number}）",
        blocks=list(_blocks(commission, content, frozen)),
        foot=f"{commission.number} 定向委托审批材料",
    )


def _blocks(thing: Commission, content: dict[str, Any], frozen: str) -> Iterator[Block]:
    yield Heading("一、委托内容")
    yield facts(
        [
            ("批次", str(thing.call)),
            ("委托类型", content["kind"]),
            ("拟受托单位", content["candidate"]),
            ("申请单位", content["applicant"] or "科技局提出"),
            ("委托金额", f"{content['amount']}（人民币{in_words(thing.amount)}）"),
            ("其中财政补助", content["grant"]),
            ("实施期限", content["term_months"]),
            ("当前状态", thing.get_state_display()),
        ]
    )
    yield Table(
        ("需求编号", "需求", "需求单位"),
        [(row["number"], row["title"], row["owner"]) for row in content["needs"]],
        shares=(0.24, 0.46, 0.3),
    )
    if content["parts"]:
        yield Paragraph("子课题", bold=True, indent=False)
        yield Table(
            ("子课题", "对应需求", "承担单位", "金额"),
            [(r["title"], "、".join(r["needs"]), r["unit"], r["amount"]) for r in content["parts"]],
            shares=(0.24, 0.32, 0.24, 0.2),
            right=frozenset({3}),
        )
    if content["consortium"]:
        yield Paragraph("联合体", bold=True, indent=False)
        yield Table(
            ("单位", "任务分工", "经费"),
            [(row["unit"], row["task"], row["share"]) for row in content["consortium"]],
            shares=(0.34, 0.44, 0.22),
            right=frozenset({2}),
        )
    yield Heading("二、定向事由和理由")
    yield Paragraph(content["cause"], bold=True, indent=False)
    yield Paragraph(content["reason"])
    yield from _checks(thing, content, frozen)
    yield from _strength(content)
    yield from _chain(thing)


def _checks(thing: Commission, content: dict[str, Any], frozen: str) -> Iterator[Block]:
    now = content["concentration"]
    yield Heading("三、检查结果")
    yield Paragraph(frozen)
    yield Table(
        ("集中度", "该单位", "全市", "占比", "上限", "计入本次"),
        [
            (
                name,
                part,
                whole,
                f"{now[f'{key}_share']}%",
                f"{now[f'{key}_limit']}%",
                f"{now[f'{key}_share_with']}%",
            )
            for name, key, part, whole in (
                ("项数", "count", f"{now['count']} 项", f"{now['count_all']} 项"),
                ("金额", "money", now["money"], now["money_all"]),
            )
        ],
    )
    related = [f"{row['one']}与{row['other']}（{row['basis']}）" for row in content["related"]]
    held = [
        f"{row['unit']}：{'；'.join(row['held'])}" for row in content["integrity"] if row["held"]
    ]
    rounds = [f"{row['number']}：{row['reason'] or '—'}" for row in content["rounds"]]
    yield facts(
        [
            ("须上级审批", "；".join(thing.higher_reasons) or "否"),
            ("关联关系", "；".join(related) or "没有登记的关联关系"),
            ("诚信记录", "；".join(held) or "没有问题记录"),
            ("流标记录", "\n".join(rounds) or "无"),
        ]
    )
    yield Paragraph("专家意见", bold=True, indent=False)
    yield Table(
        ("专家", "单位", "意见", "理由"),
        [(r["expert"], r["unit"], r["label"], r["text"]) for r in content["opinions"]],
        shares=(0.13, 0.22, 0.2, 0.45),
    )


def _strength(content: dict[str, Any]) -> Iterator[Block]:
    yield Heading("四、能力依据")
    for unit in content["strength"]:
        yield Paragraph(unit["unit"], bold=True, indent=False)
        matches = [
            f"{row['need']}：{row['what']}，{row['grade']}，共有词 {'、'.join(row['terms']) or '—'}"
            for row in unit.get("matches", ())
        ]
        contracts = [
            f"{row['number']} {row['title']}，{row['amount']}，{row['result']}"
            for row in unit.get("contracts", ())
        ]
        results = [f"{row['number']} {row['title']}" for row in unit["achievements"]]
        awards = [f"{row['number']} {row['title']}，{row['amount']}" for row in unit["awards"]]
        yield facts(
            [
                ("资质", "、".join(unit["titles"]) or "—"),
                ("匹配", "\n".join(matches) or "不在匹配结果之列"),
                ("相关成果", "\n".join(results) or "没有登记成果"),
                ("承担合同", "\n".join(contracts) or "没有承担过合同"),
                ("曾中榜", "\n".join(awards) or "没有"),
            ]
        )


def _chain(thing: Commission) -> Iterator[Block]:
    yield Heading("五、审批过程")
    yield Table(
        ("时间", "事项", "办理人", "意见"),
        [
            (f"{clock.local(e.at):%Y-%m-%d %H:%M}", e.label, e.actor_name, e.note)
            for e in audit.history(thing).exclude(action="write")
        ],
        shares=(0.2, 0.2, 0.16, 0.44),
    )
    if thing.minutes_number:
        day = f"{thing.minutes_on:%Y年%-m月%-d日}" if thing.minutes_on else ""
        yield Paragraph(
            f"集体审议：{thing.minutes_number}，{day}，审议人员 {'、'.join(thing.members)}。"
        )
    yield Paragraph(f"委托金额 {in_wan(thing.amount)}，人民币{in_words(thing.amount)}。")
    yield Signatures(("审批", "分管领导") if thing.needs_higher else ("审批",))
