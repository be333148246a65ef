"""The city's races (赛马): start money, reports, and checkpoints that cut by rank."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from jiebang.contracts import races, settlements
from jiebang.contracts import services as contracts
from jiebang.contracts.models import Checkpoint, Contract
from jiebang.demo.content import Row, rows
from jiebang.demo.founding import administrator_of, unit, writer_of
from jiebang.demo.payments import Purse
from jiebang.demo.progress import terms_of
from jiebang.demo.story import Event, Story
from jiebang.library.models import Call

ORDER = 60  # as contracts in the other stories: after what the board and the panel did that day


def events(calls: dict[str, Call], founded: datetime) -> Iterator[Event]:
    """Return every step of every race, from its need to where it stands."""
    stories = {row["need"]: row for row in rows("stories")}
    for row in rows("races"):
        yield from Racing({**_screened(stories[row["need"]]), **row}, calls, founded).events()


def _screened(row: Row) -> Row:
    """Return what a story says of how its need came into the library."""
    return {name: row[name] for name in ("endorsement", "appraisals", "admission")}


class Racing(Story):
    """A need with several contracts at once."""

    def __init__(self, row: Row, calls: dict[str, Call], founded: datetime) -> None:
        super().__init__(row, calls, founded)
        self.text = {**self.text, "title": row["title"]}
        self.lanes = [each["unit"] for each in row["award"]["chosen"]]

    def events(self) -> Iterator[Event]:
        """Return the steps: posted and awarded as others are, then side by side."""
        yield from super().events()
        row = self.row
        for n, key in enumerate(self.lanes):
            yield Event(row["signed"], ORDER, self._signed_by_all(key))
            yield Event(row["starts"], ORDER + 1, self._start_money(key))
            for report in row["reports"]:
                if n < len(report["values"]):
                    yield Event(report["day"], ORDER + 2, self._reported(n, report))
                    if report["opinion"][n]:
                        yield Event(report["judged"], ORDER + 3, self._confirmed(n, report))
        for each in row["checkpoints"]:
            yield from self._checkpoint(each)

    def _checkpoint(self, row: Row) -> Iterator[Event]:
        yield Event(row["planned"], ORDER + 4, lambda: self._plan(row))
        yield Event(row["ranked"], ORDER + 5, lambda: self._rank(row))
        if "decided" in row:
            yield Event(row["decided"], ORDER + 6, lambda: self._decide_race(row))
        if settled := row.get("settled"):
            yield Event(settled["day"], ORDER + 7, lambda: self._settle(row, settled))

    def _contract_of(self, key: str) -> Contract:
        return Contract.objects.get(award__challenge=self._challenge, solver=unit(key))

    def _purse(self, key: str) -> Purse:
        return Purse(writer_of(unit(key)), self.approver, self.officer)

    def _signed_by_all(self, key: str) -> Callable[[], Any]:
        def act() -> None:
            contract, starts = self._contract_of(key), self._date(self.row["starts"])
            indicators = [indicator.pk for indicator in self._need.indicators.all()]
            milestones = [
                {
                    "title": each["title"],
                    "goal": each["goal"],
                    "due_on": starts + timedelta(days=30 * each["months"]),
                    "tranche": contract.amount * each["share"] / 100,
                    "indicators": [indicators[n] for n in each["indicators"]],
                    **terms_of(each, contract.amount),
                }
                for each in self.row["milestones"]
            ]
            ends = starts + timedelta(days=30 * self.row["months"])
            data = {"starts_on": starts, "ends_on": ends}
            contracts.write(contract=contract, actor=self.writer, data=data, milestones=milestones)
            contract = self._contract_of(key)
            contracts.move(contract=contract, action="propose", actor=self.head)
            signers = {
                "poster": self.head,
                "solver": administrator_of(contract.solver),
                "bureau": self.approver,
            }
            for side, signer in signers.items():
                contracts.sign(contract=self._contract_of(key), actor=signer, side=side)

        return act

    def _start_money(self, key: str) -> Callable[[], Any]:
        return lambda: self._purse(key).start(self._contract_of(key).milestones.all()[0])

    def _reported(self, n: int, report: Row) -> Callable[[], Any]:
        def act() -> None:
            stone = self._contract_of(self.lanes[n]).milestones.all()[report["milestone"]]
            values = [Decimal(value) for value in report["values"][n]]
            measured = {
                row.pk: {"value": value, "evidence": "切片和电化学测试记录"}
                for row, value in zip(stone.indicators.all(), values, strict=True)
            }
            contracts.report(
                milestone=stone,
                actor=writer_of(unit(self.lanes[n])),
                summary=report["summary"][n],
                measurements=measured,
            )

        return act

    def _confirmed(self, n: int, report: Row) -> Callable[[], Any]:
        def act() -> None:
            stone = self._contract_of(self.lanes[n]).milestones.all()[report["milestone"]]
            note = report["opinion"][n]
            contracts.judge(milestone=stone, action="confirm", actor=self.writer, note=note)
            stone = self._contract_of(self.lanes[n]).milestones.all()[report["milestone"]]
            self._purse(self.lanes[n]).follow(stone, "paid")

        return act

    def _plan(self, row: Row) -> None:
        races.plan(
            race=self._challenge.race,
            actor=self.officer,
            title=row["title"],
            due_on=self._date(row["due"]),
            keep=row["keep"],
        )

    def _rank(self, row: Row) -> None:
        running = {made.solver_id: made.pk for made in races.running(self._challenge.race)}
        lanes = [unit(key).pk for key in self.lanes]
        judged = zip(lanes, row["scores"], row["opinions"], strict=False)
        races.rank(
            checkpoint=self._open_checkpoint,
            actor=self.officer,
            rows=[
                {"contract": running[solver], "score": Decimal(score), "opinion": opinion}
                for solver, score, opinion in judged
            ],
        )

    def _decide_race(self, row: Row) -> None:
        into = self._contract_of(row["merge"]).pk if "merge" in row else None
        races.decide(
            checkpoint=self._open_checkpoint,
            actor=self.approver,
            note=row["note"],
            merge_into=into,
        )

    def _settle(self, row: Row, settled: Row) -> None:
        """Settle the contract that came last at the checkpoint."""
        key = self.lanes[row["keep"]]
        contract, spent = self._contract_of(key), Decimal(settled["spent"])
        made = settlements.propose(
            contract=contract,
            actor=self.officer,
            spent=spent,
            to_return_grant=min(contract.paid_grant, contract.paid - spent),
            basis=settled["basis"],
        )
        settlements.move(settlement=made, action="confirm", actor=self.approver)
        self._purse(key).recall(self._contract_of(key))

    @property
    def _open_checkpoint(self) -> Checkpoint:
        return self._challenge.race.checkpoints.latest("position")
