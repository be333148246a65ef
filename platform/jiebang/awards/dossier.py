"""卷宗: a solution, and the review of a challenge, as one paper each."""

from collections.abc import Iterator

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import queries as record
from jiebang.audit import services as audit
from jiebang.awards import policies
from jiebang.awards import queries as awards
from jiebang.awards.models import Decision, Opinion, Review
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.dates import day, moment
from jiebang.common.money import in_wan, in_words
from jiebang.experts import queries as experts
from jiebang.files import queries as files
from jiebang.files import registry
from jiebang.library.policies import BUREAU
from jiebang.openings import services as openings
from jiebang.papers import blocks, forms
from jiebang.papers.blocks import Block, Heading, Paper, Paragraph, Table
from jiebang.papers.forms import File
from jiebang.proposals import queries as bids
from jiebang.proposals.models import Proposal

TEXTS = (
    "technical_route", "innovation", "research_basis", "team", "schedule", "ip_proposal", "risks",
)  # fmt: skip


def give_bid(*, pk: int, reader: User, form: str) -> File:
    """Give out a solution in full to whoever may read it; for the bureau with what was found out.

    Refuses as `proposals.queries.find`. Who looks while it is sealed, by an opening, is noted.
    """
    bid = bids.find(reader, pk)
    openings.note_look(proposal=bid, reader=reader)
    paper = Paper(
        title=f"{bid.lead.name}的揭榜书",
        subtitle=f"{bid.number}　{bid.challenge.title}",
        blocks=list(_bid(bid, reader)),
        foot=_foot(reader),
    )
    return _given(bid, paper, reader, form)


def give_review(*, challenge: Challenge, reader: User, form: str) -> File:
    """Give out the review and the decision of a challenge to the bureau, once bids are open."""
    policies.may_see_scores(reader, challenge).enforce()
    paper = Paper(
        title="评审与定榜卷宗",
        subtitle=f"{challenge.number}　{challenge.title}",
        blocks=list(_review(challenge)),
        foot=_foot(reader),
    )
    return _given(challenge, paper, reader, form)


@transaction.atomic
def _given(thing: Proposal | Challenge, paper: Paper, reader: User, form: str) -> File:
    made = forms.written(paper, form, f"{thing.number} {paper.title}")
    audit.record(actor=reader, thing=thing, action="dossier", label="导出卷宗")
    return made


def _bid(bid: Proposal, reader: User) -> Iterator[Block]:
    challenge = bid.challenge
    amount = bid.asked_amount
    yield blocks.facts(
        [
            ("榜题", challenge.title),
            ("发榜单位", challenge.owner_name),
            ("牵头单位", bid.lead.name),
            ("参与单位", bid.partners or "无"),
            ("项目负责人", bid.pi_name or "—"),
            ("期望金额", f"{in_wan(amount)}（{in_words(amount)}）" if amount else "面议"),
            ("自筹资金", in_wan(bid.self_raised) if bid.self_raised is not None else "—"),
            ("完成期限", f"{bid.term_months} 个月" if bid.term_months else "—"),
            ("状态", str(bid.get_state_display())),
        ]
    )
    yield Heading("一、逐项响应")
    answers = bid.responses.select_related("indicator")
    yield Table(
        ("指标", "要求", "承诺", "实现与验证方法"),
        [(a.indicator.name, a.indicator.target, a.promised, a.method or "—") for a in answers],
        shares=(0.24, 0.2, 0.2, 0.36),
    )
    yield Heading("二、方案")
    for name in TEXTS:
        if text := getattr(bid, name):
            yield Heading(str(Proposal._meta.get_field(name).verbose_name), 2)  # type: ignore[union-attr]
            yield Paragraph(text)
    yield Heading("三、提交回执")
    receipts = bid.receipts.select_related("submitted_by")
    yield Table(
        ("回执", "版本", "提交时间", "内容校验码"),
        [(r.number, f"第 {r.version} 版", moment(r.submitted_at), r.digest) for r in receipts],
        shares=(0.2, 0.12, 0.26, 0.42),
    )
    if registry.named("proposal") is not None:
        yield Heading("四、附件清单")
        yield Table(
            ("材料", "文件", "校验码"),
            [(f.slot_label, f.name, f.content.digest) for f in files.counted(bid)],
            shares=(0.2, 0.36, 0.44),
        )
    if reader.has_role(*BUREAU):
        yield from _found_out(bid)


def _found_out(bid: Proposal) -> Iterator[Block]:
    opinion = Opinion.objects.filter(proposal=bid).first()
    inquiries = list(awards.inquiries_of(bid))
    if opinion:
        yield Heading("发榜方论证")
        yield Paragraph(f"{opinion.get_advice_display()}。{opinion.text}")
    if inquiries:
        yield Heading("尽职调查与现场考察")
    for each in inquiries:
        yield blocks.facts(
            [
                ("方式", f"{each.get_kind_display()}，{day(each.held_on)}"),
                ("地点和人员", "，".join(filter(None, (each.place, each.people)))),
                ("核查内容", each.checked),
                ("核查情况", each.found),
                ("结论", str(each.get_finding_display())),
            ]
        )


def _review(challenge: Challenge) -> Iterator[Block]:
    rules = awards.rules_of(challenge.call)
    yield blocks.facts(
        [
            ("榜题", challenge.title),
            ("发榜单位", challenge.owner_name),
            ("批次", challenge.call.name),
            ("揭榜截止", moment(challenge.closes_at)),
            ("计分方法", str(rules.get_method_display())),
            ("每份最少评审", f"{rules.reviews_least} 名"),
            ("分歧上限", f"{rules.spread_most:f} 分"),
            ("公示期", f"{rules.notice_days} 个工作日"),
        ]
    )
    yield Heading("一、评审专家")
    yield Table(
        ("专家", "单位", "产生方式", "状态"),
        [
            (str(s.expert), s.expert.unit_name, s.get_origin_display(), s.get_state_display())
            for s in experts.panel(challenge)
        ],
    )
    yield Heading("二、评审排序")
    yield Table(
        ("名次", "揭榜单位", "得分", "评审人数", "最大分差"),
        [
            (
                f"{row.ranked.place}{'（并列）' if row.ranked.tied else ''}",
                row.proposal.lead.name,
                f"{row.ranked.score}",
                f"{row.ranked.reviews}",
                f"{row.ranked.spread}",
            )
            if row.ranked
            else ("—", row.proposal.lead.name, "—", "0", "—")
            for row in awards.standings(challenge)
        ],
        right=frozenset({2, 3, 4}),
    )
    yield Heading("三、评审意见")
    criteria = [name for name, _ in awards.criteria_of(challenge.call)]
    for bid in bids.of_challenge(challenge):
        yield Heading(bid.lead.name, 2)
        rows = Review.objects.filter(proposal=bid).select_related("reviewer").order_by("pk")
        for n, review in enumerate(rows, 1):
            points = "，".join(f"{name} {review.points.get(name, '—')}" for name in criteria)
            yield Paragraph(
                f"{n}. {review.reviewer}：总分 {review.total}，{review.get_advice_display()}。"
                f"{points}。意见：{review.comment}"
            )
        yield from _found_out(bid)
    yield Heading("四、定榜")
    for decision in awards.decisions().filter(challenge=challenge).order_by("pk"):
        yield from _decision(decision)


def _decision(decision: Decision) -> Iterator[Block]:
    yield Heading(f"{decision.number}　{decision.get_state_display()}", 2)
    yield Table(
        ("赛道", "拟中榜单位", "中榜金额", "其中财政补助"),
        [
            (str(c.lane), c.proposal.lead.name, in_wan(c.amount), in_wan(c.grant))
            for c in decision.choices.all()
        ],
        right=frozenset({2, 3}),
    )
    end = decision.notice_ends_on
    yield blocks.facts(
        [
            ("中榜理由", decision.reason),
            ("未按排序的理由", decision.departure or "按排序推荐"),
            ("集体审议", "，".join(filter(None, (decision.minutes_number, *decision.members)))),
            ("公示截止", day(end) if end else "—"),
            # Who objects stays between them and who answers.
            *(
                (f"异议 {o.number}", f"{o.get_state_display()}。{o.reply}")
                for o in decision.objections.order_by("pk")
            ),
        ]
    )
    yield Table(
        ("时间", "办理人", "事项", "意见"),
        [
            (moment(line.at), line.actor_name, line.label, line.note)
            for line in record.history(decision).exclude(action__in=("save", "write"))
        ],
        shares=(0.24, 0.14, 0.18, 0.44),
    )


def _foot(reader: User) -> str:
    return f"由{reader}于{moment(clock.now())}生成"
