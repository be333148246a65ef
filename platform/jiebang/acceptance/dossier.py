"""The acceptance dossier (验收材料汇编) and the certificate (验收证书), as papers."""

from datetime import date, datetime

from jiebang.acceptance import checklist, policies, queries
from jiebang.acceptance.models import Acceptance
from jiebang.acceptance.states import Action, State
from jiebang.accounts.models import User
from jiebang.audit import queries as audit
from jiebang.common import clock
from jiebang.common.errors import NotFound, WrongState
from jiebang.common.money import in_wan, in_words
from jiebang.experts.states import SeatState
from jiebang.files import queries as files
from jiebang.papers.blocks import (
    Align,
    Block,
    Heading,
    Paper,
    Paragraph,
    Signatures,
    Table,
    facts,
)

CERTIFIED = (State.PASSED, State.CLOSED)
KINDS = {"dossier": "验收材料汇编", "certificate": "验收证书"}


def paper(acceptance: Acceptance, kind: str, reader: User) -> Paper:
    """Return one of the two papers as this reader may have it; raises NotFound for another."""
    if kind not in KINDS:
        raise NotFound("没有这份文件")
    if kind == "certificate":
        return certificate(acceptance)
    return dossier(acceptance, with_votes=bool(policies.may_see_votes(reader, acceptance)))


def dossier(acceptance: Acceptance, *, with_votes: bool) -> Paper:
    """Return everything that was handed in, and what the panel said where the reader may know."""
    contract = acceptance.contract
    blocks: list[Block] = [
        facts(_about(acceptance)),
        Heading("一、完成情况"),
        *_prose(acceptance.summary),
        Heading("二、成果与效益"),
        *_prose(acceptance.benefits),
        Heading("三、知识产权"),
        *_prose(acceptance.intellectual_property),
        Heading("四、指标完成情况"),
        _indicators(acceptance),
        Heading("五、材料清单"),
        _files(acceptance),
        Heading("六、需求方满意度"),
    ]
    if acceptance.satisfaction:
        said = f"{acceptance.get_satisfaction_display()}：{acceptance.satisfaction_text}"
        blocks.append(Paragraph(said))
    else:
        blocks.append(Paragraph("尚未评价。"))
    if with_votes:
        blocks += [Heading("七、专家意见"), _votes(acceptance)]
    if acceptance.concluded_at:
        blocks += [Heading("八、验收结论"), Paragraph(acceptance.get_conclusion_display())]
        blocks += _prose(acceptance.reason)
    return Paper(
        f"{contract.title}验收材料汇编",
        blocks,
        subtitle=f"{acceptance.number}　合同 {contract.number}",
        foot=f"验收材料汇编 {acceptance.number}",
    )


def certificate(acceptance: Acceptance) -> Paper:
    """Return the certificate of what passed or was closed; raises WrongState before that."""
    if acceptance.state not in CERTIFIED or acceptance.concluded_at is None:
        raise WrongState("验收结论生效后才能出具验收证书", code="not_concluded")
    verdict = acceptance.get_conclusion_display()
    blocks: list[Block] = [
        facts(_about(acceptance)),
        Heading("指标完成情况"),
        _indicators(acceptance),
        Heading("验收专家组"),
        *_panel(acceptance),
        Heading("验收结论"),
        Paragraph(verdict, align=Align.CENTER, bold=True),
        *_prose(acceptance.reason),
        Heading("结论的提出和审批"),
        _deciders(acceptance),
        Paragraph(f"结论生效日期：{_day(acceptance.concluded_at)}", align=Align.RIGHT),
        Signatures(("组织验收单位", "承担单位")),
    ]
    return Paper(
        "验收证书",
        blocks,
        subtitle=f"编号 {acceptance.number}",
        foot=f"验收证书 {acceptance.number}",
    )


def _panel(acceptance: Acceptance) -> list[Block]:
    """Return who judged, what each said last and when; without names where the call wants none."""
    last = {vote.member_id: vote for vote in queries.votes(acceptance)}
    named = queries.rules_of(acceptance.contract.call).panel_named
    members = queries.panel(acceptance).filter(state=SeatState.DONE)
    rows = [
        [
            str(member.expert) if named else f"专家{n}",
            (member.expert.title or "—") if named else "—",
            member.expert.unit_name if named else "—",
            last[member.pk].get_advice_display(),
            _day(last[member.pk].given_at),
        ]
        for n, member in enumerate(members, 1)
        if member.pk in last
    ]
    counts = "，".join(
        f"{advice.label} {count} 人"
        for advice, count in queries.tally(list(last.values()), acceptance.turn).items()
        if count
    )
    heads = ("姓名", "职称", "单位", "表决", "签署日期")
    return [
        Table(heads, rows, shares=(0.14, 0.18, 0.32, 0.16, 0.2)),
        Paragraph(f"专家组共 {len(rows)} 人，表决结果：{counts}。"),
    ]


def _deciders(acceptance: Acceptance) -> Table:
    """Return who rated, proposed and approved, each with the day."""
    proposed = audit.history(acceptance).filter(action=Action.PROPOSE).last()
    rows = [
        (
            "需求方评价",
            acceptance.get_satisfaction_display(),
            acceptance.satisfied_by,
            acceptance.satisfied_at,
        ),
        (
            "提出结论",
            acceptance.get_conclusion_display(),
            acceptance.proposed_by,
            proposed.at if proposed else None,
        ),
        ("审批", "同意", acceptance.approved_by, acceptance.approved_at),
    ]
    told = [(what, said, str(who), _day(when)) for what, said, who, when in rows if who]
    if acceptance.notice_ends_on:
        told.append(("公示", "期满", "—", _day(acceptance.notice_ends_on)))
    return Table(("事项", "意见", "签署人", "日期"), told, shares=(0.2, 0.26, 0.28, 0.26))


def _about(acceptance: Acceptance) -> list[tuple[str, str]]:
    contract = acceptance.contract
    rows = [
        ("合同名称", contract.title),
        ("合同编号", contract.number),
        ("甲方", contract.poster.name if contract.poster else "科学技术局"),
        ("承担单位", contract.solver.name),
        ("合同期限", f"{_day(contract.starts_on)}至{_day(contract.ends_on)}"),
        ("合同金额", f"{in_wan(contract.amount)}（人民币{in_words(contract.amount)}）"),
        ("其中财政补助", in_wan(contract.grant)),
    ]
    if acceptance.spent is not None:
        rows.append(("实际支出", in_wan(acceptance.spent)))
    if acceptance.submitted_at:
        rows.append(("申请日期", _day(acceptance.submitted_at)))
    return rows


def _indicators(acceptance: Acceptance) -> Table:
    met = {True: "达到", False: "未达到", None: "—"}
    rows = [
        [
            f"{line.indicator.name}{'（约束性）' if line.indicator.core else ''}",
            line.indicator.target,
            line.promised,
            line.result.measured if line.result else "—",
            met[line.met],
            line.result.evidence if line.result else "—",
        ]
        for line in checklist.lines(acceptance)
    ]
    heads = ("指标", "要求", "承诺", "实测", "结果", "佐证")
    return Table(heads, rows, shares=(0.24, 0.16, 0.16, 0.15, 0.1, 0.19))


def _files(acceptance: Acceptance) -> Table:
    rows = [
        [row.slot_label, row.name, row.content.digest[:16]] for row in files.counted(acceptance)
    ]
    return Table(("材料", "文件名", "校验码（前十六位）"), rows, shares=(0.25, 0.45, 0.3))


def _votes(acceptance: Acceptance) -> Table:
    rows = [
        [
            str(vote.member.expert),
            "复核" if vote.turn > 1 else "评议",
            vote.get_advice_display(),
            vote.text,
        ]
        for vote in queries.votes(acceptance)
    ]
    return Table(("专家", "轮次", "表决", "意见"), rows, shares=(0.14, 0.1, 0.16, 0.6))


def _prose(text: str) -> list[Block]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [Paragraph(line) for line in lines] or [Paragraph("未填写。")]


def _day(day: date | datetime | None) -> str:
    if day is None:
        return "未约定"
    if isinstance(day, datetime):
        day = clock.local(day).date()
    return f"{day.year}年{day.month}月{day.day}日"
