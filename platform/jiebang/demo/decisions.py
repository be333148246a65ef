"""How the city decides: experts score, a decision goes through its steps, somebody objects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jiebang.accounts.models import User
from jiebang.awards import decisions, inquiries, objections, queries, reviews
from jiebang.awards.models import Award, Decision
from jiebang.awards.services import Chosen
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.demo.content import Row
from jiebang.demo.founding import unit, writer_of
from jiebang.experts import queries as experts
from jiebang.experts.states import SeatState
from jiebang.library.models import Call
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal

Steps = Iterator[tuple[float, int, Callable[[], Any]]]
# The rest of a call's rules are the standard ones.
RULES = {
    "last": {"winners": 3, "blind": False},
    "this": {"winners": 2, "blind": True, "diligence_required": False},
}
MEMBERS = ("许国栋", "黎永康", "苏婉仪", "郑启明", "何敏华")
COMMENTS = (
    (
        "技术路线成熟，关键指标有数据支撑，验证安排具体，建议支持。",
        "请在中试阶段补充批次一致性数据。",
    ),
    ("方案完整，个别指标的验证方法还可细化，总体可行。", "请细化第三方检测的抽样方案。"),
    (
        "基础较好，但放大阶段的风险预案偏弱，进度安排偏紧。",
        "请补充放大风险的应对措施和备选供应商。",
    ),
)
BEST, STEP, TIE = Decimal("0.92"), Decimal("0.06"), Decimal("0.86")
HALF = Decimal("0.5")


def rules(calls: dict[str, Call], officer: Callable[[str], User]) -> None:
    """Let the bureau set how each call reviews and decides."""
    for key, call in calls.items():
        reviews.set_rules(call=call, actor=officer(key), rules=RULES[key])


@dataclass(frozen=True)
class Deciding:
    """One challenge before the bureau: who scores, proposes, approves, objects."""

    challenge: Callable[[], Challenge]
    bid: Callable[[str], Proposal]
    officer: User
    approver: User
    awarded: Callable[[Award], None]

    def steps(self, posting: Row, decision: Row | None, award: Row | None) -> Steps:
        """Return each step with its day and its place within the day."""
        panel = posting.get("panel", {})
        if award:
            done, chosen = panel["answered"], award.get("chosen", [award])
            yield done + 1, 44, lambda: self._score([_of(each) for each in chosen])
            yield done + 2, 45, lambda: self._propose(chosen, award["reason"])
            yield done + 2, 46, self._approve
            yield done + 3, 47, lambda: self._resolve(f"〔{clock.today().year}〕会议纪要")
            yield award["day"], 48, self._conclude
        elif "reviewed" in panel:
            first = [each["unit"] for each in decision["chosen"]] if decision else []
            yield (
                panel["reviewed"],
                44,
                lambda: self._score(first, panel.get("scored"), tied=panel.get("tied", False)),
            )
        if decision:
            yield from self._decision(decision)

    def _decision(self, row: Row) -> Steps:
        if "visited" in row:
            yield row["visited"], 45, lambda: self._visit(row["chosen"][0]["unit"])
        yield row["proposed"], 46, lambda: self._propose(row["chosen"], row["reason"])
        yield row["approved"], 47, self._approve
        if "resolved" in row:
            yield row["resolved"], 48, lambda: self._resolve(row["minutes"])
        if "objected" in row:
            yield row["objected"], 49, lambda: self._object(row["objection"])

    @property
    def _decision_made(self) -> Decision:
        return Decision.objects.get(challenge=self.challenge())

    def _score(self, first: list[str], experts_most: int | None = None, tied: bool = False) -> None:
        """Let the signed experts score every solution, the named ones best."""
        challenge = self.challenge()
        criteria = queries.criteria_of(challenge.call)
        keys = [unit(key).pk for key in first]
        bids = sorted(
            proposals.of_challenge(challenge),
            key=lambda bid: (keys.index(bid.lead_id) if bid.lead_id in keys else len(keys), bid.pk),
        )
        signed = experts.panel(challenge).filter(state=SeatState.UNDERTAKEN)[:experts_most]
        for n, seat in enumerate(list(signed)):
            for place, bid in enumerate(bids):
                quality = TIE if tied else BEST - STEP * place
                comment, feedback = COMMENTS[min(place, len(COMMENTS) - 1)]
                reviews.submit(
                    proposal=bid,
                    actor=seat.expert.user,
                    points={
                        name: _half(most * quality) - (HALF * n if k == 0 else 0)
                        for k, (name, most) in enumerate(criteria)
                    },
                    comment=comment,
                    feedback=feedback,
                    advice="changed" if place else "yes",
                )

    def _visit(self, key: str) -> None:
        inquiries.note(
            proposal=self.bid(key),
            actor=self.officer,
            data={
                "kind": "visit",
                "held_on": clock.today(),
                "place": "揭榜单位中试车间",
                "people": f"{self.officer}、财务和技术人员两名",
                "checked": "研发场地、检测设备、主要人员到位和已有样品情况",
                "found": "场地和设备与揭榜书一致，主要人员在岗，复测样品三件，与承诺值相符。",
                "finding": "confirmed",
            },
        )

    def _propose(self, rows: list[Row], reason: str) -> None:
        decisions.propose(
            challenge=self.challenge(),
            chosen=[
                Chosen(
                    self.bid(_of(row)),
                    Decimal(row["amount"]),
                    Decimal(row["grant"]),
                )
                for row in rows
            ],
            reason=reason,
            actor=self.officer,
        )

    def _approve(self) -> None:
        decisions.move(
            decision=self._decision_made, action="approve", actor=self.approver, note="同意"
        )

    def _resolve(self, minutes: str) -> None:
        decisions.resolve(
            decision=self._decision_made,
            actor=self.approver,
            minutes_number=minutes.format(year=clock.today().year),
            members=MEMBERS,
        )

    def _conclude(self) -> None:
        made = decisions.conclude(decision=self._decision_made, actor=self.approver)
        self.awarded(made[0])

    def _object(self, row: Row) -> None:
        person = writer_of(unit(row["unit"]))
        objections.object_to(
            decision=self._decision_made,
            actor=person,
            signed_name=person.display_name,
            text=row["text"],
            evidence=row["evidence"],
        )


def _of(row: Row) -> str:
    """Return whose solution a choice is."""
    key: str = row.get("winner") or row["unit"]
    return key


def _half(points: Decimal) -> Decimal:
    """Return the points rounded to a half, as people give them."""
    return (points * 2).quantize(Decimal(1)) / 2
