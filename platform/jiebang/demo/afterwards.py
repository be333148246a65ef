"""What came after the work: acceptances in every state, assessments, a disputed track record."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jiebang.acceptance import (
    assessments,
    checklist,
    conclusions,
    draws,
    queries,
    seats,
    services,
    track,
    votes,
)
from jiebang.acceptance.models import Acceptance, Assessment, TrackItem
from jiebang.acceptance.states import Conclusion, Paper
from jiebang.accounts.models import PlatformRole, User
from jiebang.common import clock
from jiebang.contracts import changes
from jiebang.contracts import services as contracts
from jiebang.contracts.models import ChangeRequest, Contract
from jiebang.contracts.states import Reason, RequestKind
from jiebang.demo import papers
from jiebang.demo.content import Row, rows
from jiebang.demo.founding import administrator_of, unit, writer_of
from jiebang.demo.payments import Purse
from jiebang.experts.states import SeatState
from jiebang.library.models import Call

RULES = {
    "panel_size": 5,
    "notice_days": 5,
    "assessment_months": 9,
    "papers": [Paper.SUMMARY, Paper.TEST, Paper.AUDIT],
}
# Each step, and how many days before the row's last day it is taken.
STEPS = {
    "reported": 34, "confirmed": 31, "paid": 29, "applied": 24, "returned": 22, "rated": 22,
    "convened": 21, "seated": 20, "voted": 13, "proposed": 9, "approved": 7, "concluded": -1,
}  # fmt: skip
# Where the notice has ended: early enough for five working days over the longest holidays.
ENDED = {"voted": 18, "proposed": 17, "approved": 16}
Step = tuple[float, Callable[[], Any]]


def rules(calls: dict[str, Call]) -> None:
    """Let the bureau say what acceptance takes in each call."""
    officer = _with_role(PlatformRole.OFFICER)
    for call in calls.values():
        services.set_rules(call=call, actor=officer, values=RULES)


def told(founded: datetime) -> Iterator[Step]:
    """Return the steps of the contracts that came from former commissions, by their days."""
    for row in rows("afterwards"):
        after = Afterwards(row, founded)
        yield row["starts"], after.begin
        until = row["until"]
        if until == "begun":
            continue
        steps = STEPS | ENDED if until == "concluded" else STEPS
        for name, before in steps.items():
            if name == "returned" and until != "returned":
                continue
            yield row["ends"] - before, getattr(after, name)
            if name == until:
                break
        if "revoked" in row:
            yield row["revoked"], after.ask_revocation
            yield row["revoked"] + 5, after.revoke
        if "dispute" in row:
            yield row["ends"] + 3, after.dispute
        if "score" in row:
            yield -4.0, after.assess
            yield -1.0, after.reply


class Afterwards:
    """One contract of a former commission, through its acceptance."""

    def __init__(self, row: Row, founded: datetime) -> None:
        self.row, self.founded = row, founded
        self.solver = unit(row["solver"])
        self.writer = writer_of(self.solver)
        self.officer = _with_role(PlatformRole.OFFICER)
        self.approver = _with_role(PlatformRole.APPROVER)

    @property
    def contract(self) -> Contract:
        """Return the contract as it stands."""
        return Contract.objects.get(commission__title=self.row["title"])

    @property
    def acceptance(self) -> Acceptance:
        """Return its acceptance as it stands."""
        return services.open_for(contract=self.contract)

    @property
    def poster(self) -> User:
        """Return who writes for the poster."""
        owner = self.contract.poster
        if owner is None:
            raise LookupError(f"{self.row['title']} has no poster")
        return writer_of(owner)

    def begin(self) -> None:
        """Write the contract of the commission, which took effect the day before, and sign it."""
        row, made = self.row, self.contract
        today = clock.today()
        ends = self._day(row["ends"] - STEPS["confirmed"] + 15)
        milestone = {
            "title": "研制与验证",
            "goal": row["goal"],
            "due_on": ends - timedelta(days=15),
            "tranche": made.amount,
            "indicators": [each.pk for each in made.indicators],
        }
        contracts.write(
            contract=made,
            actor=self.poster,
            data={"starts_on": today, "ends_on": ends},
            milestones=[milestone],
        )
        contracts.move(contract=self.contract, action="propose", actor=self.poster)
        owner = made.poster
        heads = {"solver": administrator_of(self.solver), "bureau": self.approver}
        if owner is not None:
            heads["poster"] = administrator_of(owner)
        for side, signer in heads.items():
            contracts.sign(contract=self.contract, actor=signer, side=side)

    def reported(self) -> None:
        """Report the only milestone."""
        contracts.report(
            milestone=self.contract.milestones.get(),
            actor=self.writer,
            summary=self.row["summary"],
            measurements=self._measured(),
            spent=Decimal(self.row["amount"]) * Decimal("0.9"),
        )

    def confirmed(self) -> None:
        """Let the poster confirm it."""
        stone = self.contract.milestones.get()
        contracts.judge(milestone=stone, action="confirm", actor=self.poster, note="与约定相符")

    def paid(self) -> None:
        """Pay its tranche."""
        purse = Purse(self.writer, self.approver, self.officer)
        purse.follow(self.contract.milestones.get(), self.row.get("payment", "paid"))

    def ask_revocation(self) -> None:
        """Let an officer ask for the revocation."""
        changes.ask(
            contract=self.contract,
            actor=self.officer,
            kind=RequestKind.REVOCATION,
            reason=Reason.FRAUD,
            explanation=self.row["found"],
        )

    def revoke(self) -> None:
        """Let an approver revoke the contract."""
        request = ChangeRequest.objects.get(contract=self.contract)
        note = self.row["reason"]
        changes.move(request=request, action="approve", actor=self.approver, note=note)

    def applied(self) -> None:
        """Write the application with its papers and hand it in."""
        thing = self.acceptance
        services.write(
            acceptance=thing,
            actor=self.writer,
            revision=thing.revision,
            data={
                "summary": self.row["summary"],
                "benefits": self.row.get("benefits", ""),
                "intellectual_property": self.row.get("intellectual_property", ""),
                "spent": Decimal(self.row["amount"]) * Decimal("0.96"),
            },
            results=self._measured(),
        )
        papers.hand_in(thing, self.writer)
        services.submit(acceptance=self.acceptance, actor=self.writer)

    def returned(self) -> None:
        """Return it for completion."""
        services.check(
            acceptance=self.acceptance,
            action="return",
            actor=self.officer,
            note=self.row["reason"],
        )

    def rated(self) -> None:
        """Let the poster say how content it is."""
        services.rate(
            acceptance=self.acceptance,
            actor=self.poster,
            satisfaction=self.row.get("satisfaction", "satisfied"),
            text=self.row["word"],
        )

    def convened(self) -> None:
        """Take it up and draw the panel."""
        services.check(acceptance=self.acceptance, action="convene", actor=self.officer)
        draws.hold(acceptance=self.acceptance, actor=self.officer)

    def seated(self) -> None:
        """Let the panel accept and sign."""
        for member in queries.panel(self.acceptance).filter(state=SeatState.INVITED):
            expert = member.expert
            seats.move(member=member, action="accept", actor=expert.user)
            seats.move(
                member=member, action="undertake", actor=expert.user, signed_name=str(expert)
            )

    def voted(self) -> None:
        """Let the panel vote: the last one somewhat otherwise where the row says so."""
        advice = self.row["conclusion"]
        seated = list(queries.panel(self.acceptance).filter(state=SeatState.UNDERTAKEN))
        for n, member in enumerate(seated):
            odd = n == len(seated) - 1 and "dissent" in self.row
            votes.give(
                member=member,
                actor=member.expert.user,
                advice=self.row["dissent"] if odd else advice,
                text=OPINIONS[advice][n % len(OPINIONS[advice])],
            )

    def proposed(self) -> None:
        """Let an officer propose the conclusion."""
        advice = self.row["conclusion"]
        revise_by = clock.today() + timedelta(days=60) if advice == "revise" else None
        conclusions.propose(
            acceptance=self.acceptance,
            actor=self.officer,
            conclusion=advice,
            reason=self.row["reason"],
            revise_by=revise_by,
        )

    def approved(self) -> None:
        """Let an approver agree."""
        conclusions.move(acceptance=self.acceptance, action="approve", actor=self.approver)

    def concluded(self) -> None:
        """Let the notice end."""
        thing = self.acceptance
        if thing.state == "notice":
            conclusions.conclude(acceptance=thing)

    def dispute(self) -> None:
        """Note the dispute, and let the unit answer it."""
        item = track.dispute(contract=self.contract, actor=self.officer, text=self.row["dispute"])
        self._answer(item)

    def assess(self) -> None:
        """Report the effects of an accepted contract, and score them."""
        thing = Assessment.objects.get(contract=self.contract)
        effects = {
            k: Decimal(v) if k in assessments.MONEY else v for k, v in self.row["effects"].items()
        }
        assessments.report(assessment=thing, actor=self.writer, data=effects)
        assessments.judge(
            assessment=thing,
            action="score",
            actor=self.officer,
            note=self.row["opinion"],
            score=self.row["score"],
        )

    def reply(self) -> None:
        """Let the unit answer its score."""
        thing = Assessment.objects.get(contract=self.contract)
        assessments.reply(assessment=thing, actor=self.writer, text=self.row["reply"])

    def _answer(self, item: TrackItem) -> None:
        track.answer(item=item, actor=self.writer, text=self.row["answer"])

    def _measured(self) -> dict[int, dict[str, Any]]:
        """Return for each indicator a value that meets it, or misses it where the row says so."""
        found: dict[int, dict[str, Any]] = {}
        for row in self.contract.indicators:
            if row.value is None:
                found[row.pk] = {"text": "经现场查验符合要求", "evidence": "现场查验记录"}
                continue
            better = {">=": Decimal("1.05"), "<=": Decimal("0.95")}.get(row.comparator, Decimal(1))
            if self.row["until"] == "concluded" and self.row.get("conclusion") == Conclusion.FAIL:
                better = {">=": Decimal("0.7"), "<=": Decimal("1.4")}.get(row.comparator, better)
            value = (row.value * better).quantize(Decimal("0.01"))
            found[row.pk] = {"value": value, "evidence": "第三方检测报告"}
        return found

    def _day(self, offset: float) -> date:
        return clock.local(self.founded + timedelta(days=offset)).date()


def accept(contract: Contract, solver: User, poster: User, note: str) -> None:
    """Take a contract of the story through acceptance in one go, at the moment being told."""
    officer, approver = _with_role(PlatformRole.OFFICER), _with_role(PlatformRole.APPROVER)
    thing = services.open_for(contract=contract)
    results = {
        key: {"value": row.value, "text": row.text, "evidence": row.evidence or "检测报告"}
        for key, row in checklist.last_measured(contract).items()
    }
    services.write(
        acceptance=thing,
        actor=solver,
        revision=thing.revision,
        data={"summary": note, "spent": contract.amount},
        results=results,
    )
    papers.hand_in(thing, solver)
    services.submit(acceptance=thing, actor=solver)
    services.rate(acceptance=thing, actor=poster, satisfaction="very", text=note[:1000])
    services.check(acceptance=thing, action="convene", actor=officer)
    draws.hold(acceptance=thing, actor=officer)
    for member in queries.panel(thing).filter(state=SeatState.INVITED):
        user = member.expert.user
        seats.move(member=member, action="accept", actor=user)
        name = str(member.expert)
        seats.move(member=member, action="undertake", actor=user, signed_name=name)
    for n, member in enumerate(queries.panel(thing).filter(state=SeatState.UNDERTAKEN)):
        text = OPINIONS["pass"][n % len(OPINIONS["pass"])]
        votes.give(member=member, actor=member.expert.user, advice="pass", text=text)
    conclusions.propose(
        acceptance=services.open_for(contract=contract),
        actor=officer,
        conclusion="pass",
        reason=note,
    )
    conclusions.move(
        acceptance=services.open_for(contract=contract), action="approve", actor=approver
    )


def conclude(contract: Contract) -> None:
    """Let the notice of a conclusion end."""
    conclusions.conclude(acceptance=services.open_for(contract=contract))


OPINIONS: dict[str, tuple[str, ...]] = {
    "pass": (
        "合同指标全部达到，检测数据可信，同意通过验收。",
        "样机连续运行稳定，资料齐全，经费使用规范，同意通过。",
        "技术路线清楚，指标完成情况与第三方报告一致，建议通过。",
        "现场查验结果与报告相符，产业化准备充分，同意通过。",
        "达到约定的考核要求，建议继续扩大应用验证，同意通过。",
    ),
    "revise": (
        "检测样本量偏少，请补充三个批次的数据后复核。",
        "技术报告缺少失效分析，建议补充后复核。",
        "指标达到，但审计报告中的设备费说明不清，请补正。",
        "用户报告只有一家，建议补充后再评议。",
        "同意补充材料后复核。",
    ),
    "close": (
        "研发任务已完成，但市场条件变化，产业化目标不再适用，建议结题。",
        "技术指标达到，产业化部分不具备继续条件，同意结题。",
        "经费使用合规，建议按结题处理。",
        "成果可供后续研究使用，同意结题。",
        "建议结题，成果由双方共有。",
    ),
    "fail": (
        "约束性指标没有达到，差距较大，不同意通过。",
        "检测结果明显低于合同约定，不通过。",
        "关键工艺没有突破，建议不通过。",
        "样机不能稳定运行，不同意通过。",
        "未达到约束性指标，不通过。",
    ),
}


def _with_role(role: PlatformRole) -> User:
    return User.objects.filter(role_grants__role=role).order_by("pk")[0]
