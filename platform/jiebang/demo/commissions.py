"""The city's directed commissions, one in every state, of the second phase of known needs."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from jiebang.accounts.models import PlatformRole, User
from jiebang.commissions import decisions, objections, opinions, services
from jiebang.commissions.models import Commission, Objection, Opinion
from jiebang.common import clock
from jiebang.contracts import services as contracts
from jiebang.contracts.models import Contract
from jiebang.demo import afterwards
from jiebang.demo.content import Row, money, rows
from jiebang.demo.founding import administrator_of, unit, writer_of
from jiebang.demo.story import Event, Story
from jiebang.library.models import Call, TechNeed

PHASE = "（第二阶段）"
CONTINUED = (
    "的前期试验由该单位完成，样品、数据和专用装置均在其实验室；本阶段规模小、周期短，"
    "另选单位须重做前期工作，公开张榜难以形成有效竞争，拟定向委托其继续完成。"
)
OPINION = "所列单位以外没有同等条件的承担方，组织公开竞争没有实际意义，建议定向委托并从严考核。"
DOUBT = "公示理由称没有其他单位具备条件，与事实不符；我单位同样建有中试线，请予复核。"
PROOF = "中试线照片、设备清单和近两年检测报告"
NO_GROUNDS = "经现场核实，该单位中试线规格与约束性指标不符，异议不成立，公示继续。"
GROUNDS = "经现场核实，该单位确具备同等条件，原定向理由不成立，撤销本次委托，改为公开张榜。"
ORDER = 200  # after everything else of the same day
# How far each state has come: how many of the steps were taken.
PATH = ("draft", "asked", "proposed", "decided", "confirmed", "resolved", "effective")
REACHED = {
    "draft": 2, "proposed": 3, "returned": 4, "rejected": 4, "withdrawn": 4, "elevated": 4,
    "approved": 5, "notice": 6, "frozen": 6, "cancelled": 6, "effective": 7, "completed": 7,
    "released": 7,
}  # fmt: skip
DAYS = {"draft": 0, "asked": 1, "proposed": 2, "decided": 3, "confirmed": 4, "resolved": 6}
CONCLUDED = 22  # days after the draft; the notice has ended by then, whatever holidays there are


class SecondPhase(Story):
    """A need like a known one, one phase later or under a title of its own, into the library."""

    def __init__(
        self, row: Row, calls: dict[str, Call], founded: datetime, title: str = ""
    ) -> None:
        super().__init__({**row, "state": "in_library"}, calls, founded)
        self.text = {**self.text, "title": title or f"{self.text['title'][:52]}{PHASE}"}

    def events(self) -> Iterator[Event]:
        """Return the steps into the library."""
        yield from self._screening()

    @property
    def need(self) -> TechNeed:
        """Return the need as it is now."""
        return self._need


def events(calls: dict[str, Call], founded: datetime) -> Iterator[Event]:
    """Return every step of every commission and of the needs they are about."""
    stories = {row["need"]: row for row in rows("stories")}
    phases: dict[str, SecondPhase] = {}
    for row in rows("commissions"):
        for key in row["needs"]:
            if key not in phases:
                phases[key] = SecondPhase(stories[key], calls, founded)
                yield from phases[key].events()
        yield from Commissioning(row, [phases[key] for key in row["needs"]]).events()
    for row in rows("afterwards"):
        phase = SecondPhase(stories[row["need"]], calls, founded, row["title"])
        yield from phase.events()
        yield from Commissioning(_former(row), [phase]).events()


def _former(row: Row) -> Row:
    """Return the commission in effect from which a contract of `afterwards` came."""
    return {
        "candidate": row["solver"],
        "title": row["title"],
        "cause": "continued",
        "reason": f"{row['title']}{CONTINUED}",
        "amount": row["amount"],
        "grant": row["grant"],
        "day": row["starts"] - CONCLUDED - 1,
        "state": "effective",
    }


class Commissioning:
    """One commission from its draft to wherever it came."""

    def __init__(self, row: Row, phases: list[SecondPhase]) -> None:
        self.row, self.phases, self.key = row, phases, 0
        self.officer, self.approver = phases[0].officer, phases[0].approver

    def events(self) -> Iterator[Event]:
        """Return the steps, each on its day."""
        row, state = self.row, self.row["state"]
        acts: dict[str, Callable[[], Any]] = {
            "draft": self._draft,
            "asked": self._ask,
            "proposed": lambda: decisions.propose(commission=self._made, actor=self.officer),
            "decided": self._decide,
            "confirmed": self._confirm,
            "resolved": self._resolve,
            "effective": lambda: decisions.conclude(commission=self._made),
        }
        for n, step in enumerate(PATH[: REACHED[state]]):
            day = row["day"] + DAYS.get(step, CONCLUDED)
            yield Event(day, ORDER + n, acts[step])
        if state in ("frozen", "cancelled"):
            yield Event(row["day"] + 8, ORDER + 8, self._object)
        if state == "cancelled":
            yield Event(row["day"] + 11, ORDER + 9, lambda: self._answer("uphold", GROUNDS))
        if state == "completed":
            work = (self._write, self._sign, self._report, self._accept, self._conclude_acceptance)
            for n, act in enumerate(work):
                yield Event(row["day"] + CONCLUDED + 5 + 60 * n, ORDER + 9, act)
        if state == "released":
            yield Event(row["day"] + CONCLUDED + 40, ORDER + 9, self._release)

    @property
    def _made(self) -> Commission:
        return Commission.objects.get(pk=self.key)

    @property
    def _contract(self) -> Contract:
        return Contract.objects.get(commission=self._made)

    def _draft(self) -> None:
        row, needs = self.row, [phase.need for phase in self.phases]
        lead, amount = unit(row["candidate"]), Decimal(row["amount"])
        data = {
            "kind": "package" if len(needs) > 1 else "single",
            "title": row.get("title") or f"{needs[0].title.removesuffix(PHASE)[:40]}定向攻关",
            "candidate": lead,
            "cause": row["cause"],
            "reason": row["reason"],
            "amount": amount,
            "grant": money(row["grant"]),
            "term_months": 18,
        }
        parts, members = [], []
        if partner := row.get("partner"):
            units, shares = (lead, unit(partner)), (amount * 60 / 100, amount * 40 / 100)
            for each, share, need in zip(units, shares, needs, strict=True):
                title = need.title.removesuffix(PHASE)[:30]
                parts.append({"title": title, "unit": each, "amount": share, "needs": [need]})
                task = "牵头，总体方案与集成验证" if each == lead else "材料制备与中试"
                members.append({"unit": each, "task": task, "share": share})
        made = services.start(
            actor=self.officer,
            data=data,
            needs=() if parts else needs,
            parts=parts,
            members=members,
        )
        self.key = made.pk

    def _ask(self) -> None:
        free = [each for each, barred in opinions.candidates(self._made) if not barred]
        asked = opinions.ask(commission=self._made, actor=self.officer, expert=free[0])
        if self.row["state"] != "draft":
            opinions.answer(
                opinion=Opinion.objects.get(pk=asked.pk),
                actor=asked.expert.user,
                stance="pointless",
                text=OPINION,
            )

    def _decide(self) -> None:
        made, state = self._made, self.row["state"]
        steps = {"returned": "return", "rejected": "reject", "withdrawn": "withdraw"}
        action = steps.get(state) or ("elevate" if made.needs_higher else "approve")
        actor = self.officer if action == "withdraw" else self.approver
        note = self.row.get("note", "事由清楚，依据充分，同意定向委托")
        decisions.move(commission=made, action=action, actor=actor, note=note)

    def _confirm(self) -> None:
        if self._made.state == "elevated":
            director = _with_role(PlatformRole.DIRECTOR)
            note = "超过上限确有必要，同意"
            decisions.move(commission=self._made, action="confirm", actor=director, note=note)

    def _resolve(self) -> None:
        day = clock.today()
        decisions.resolve(
            commission=self._made,
            actor=self.approver,
            minutes_number=f"东科会〔{day.year}〕{day:%m%d}{self.key % 100:02d}号",
            minutes_on=day,
            members=["周维清", "许国栋", "罗启明", "邝晓岚"],
        )

    def _object(self) -> None:
        actor = administrator_of(unit("zhice"))
        objections.object_to(
            commission=self._made,
            actor=actor,
            signed_name=actor.display_name,
            text=DOUBT,
            evidence=PROOF,
        )

    def _answer(self, action: str, note: str) -> None:
        objection = Objection.objects.get(commission=self.key)
        objections.answer(objection=objection, action=action, actor=self.approver, note=note)

    def _write(self) -> None:
        contract, today = self._contract, clock.today()
        owner = self._made.poster
        if owner is None:
            raise LookupError("a commission of one need has one owner")
        stone = {
            "title": "完成第二阶段全部指标并通过现场验证",
            "goal": "样机、测试报告、用户报告",
            "due_on": today + timedelta(days=200),
            "tranche": contract.amount,
            "indicators": [indicator.pk for indicator in contract.indicators],
        }
        contracts.write(
            contract=contract,
            actor=writer_of(owner),
            data={"starts_on": today, "ends_on": today + timedelta(days=220)},
            milestones=[stone],
        )
        contracts.move(contract=contract, action="propose", actor=administrator_of(owner))

    def _sign(self) -> None:
        contract = self._contract
        if contract.poster is None:
            raise LookupError("a commission of one need has one owner")
        signers = {
            "poster": administrator_of(contract.poster),
            "solver": administrator_of(contract.solver),
            "bureau": self.approver,
        }
        for side, signer in signers.items():
            contracts.sign(contract=self._contract, actor=signer, side=side)

    def _report(self) -> None:
        stone = self._contract.milestones.get()
        measured = {
            row.pk: {"text": "达到要求"} if row.value is None else {"value": row.value}
            for row in stone.indicators.all()
        }
        solver = writer_of(stone.contract.solver)
        summary = "第二阶段任务全部完成，各项指标经第三方检测达到合同要求。"
        contracts.report(milestone=stone, actor=solver, summary=summary, measurements=measured)

    def _accept(self) -> None:
        stone = self._contract.milestones.get()
        owner = stone.contract.poster
        if owner is None:
            raise LookupError("a commission of one need has one owner")
        contracts.judge(
            milestone=stone, action="confirm", actor=writer_of(owner), note="现场验证通过"
        )
        note = "指标全部完成，第三方检测和现场验证一致，同意通过验收。"
        solver = writer_of(stone.contract.solver)
        afterwards.accept(self._contract, solver, writer_of(owner), note)

    def _conclude_acceptance(self) -> None:
        afterwards.conclude(self._contract)

    def _release(self) -> None:
        note = "双方对知识产权归属未能达成一致，终止合同，需求回库"
        contracts.move(contract=self._contract, action="terminate", actor=self.approver, note=note)


def _with_role(role: PlatformRole) -> User:
    return User.objects.filter(role_grants__role=role).order_by("pk")[0]
