"""What happens to the demo city's running contracts: requests, settlements, money by item."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.contracts import changes, settlements
from jiebang.contracts.models import ChangeRequest, Contract
from jiebang.contracts.states import RequestAction, SettlementAction
from jiebang.demo.payments import CENT, Purse
from jiebang.documents import pledges

Row = dict[str, Any]
Step = tuple[float, int, Callable[[], Any]]  # day, order, what happens


@dataclass(frozen=True)
class Progress:
    """Who acts on a contract: the solver asks, the poster agrees, the bureau decides."""

    solver: User
    poster: User
    officer: User
    approver: User

    def events(self, row: Row, contract: Callable[[], Contract]) -> Iterator[Step]:
        """Return the steps of the contract's pledges, requests and of what follows its end."""
        if pledged := row.get("pledges"):
            yield row["written"], 60, lambda: self._pledge(contract(), pledged)
        if registered := row.get("registered"):
            yield registered["day"], 79, lambda: self._register(contract(), registered)
        for asked in row.get("requests", ()):
            yield asked["asked"], 80, self._ask(asked, contract)
            if "agreed" in asked:
                yield asked["agreed"], 81, self._step(contract, RequestAction.AGREE, self.poster)
            if "decided" in asked:
                act = self._step(contract, RequestAction.APPROVE, self.approver, asked["answer"])
                yield asked["decided"], 82, act
        if settled := row.get("settled"):
            yield settled["day"], 91, lambda: self._settle(contract(), settled)

    def _ask(self, asked: Row, contract: Callable[[], Contract]) -> Callable[[], Any]:
        def act() -> None:
            thing, more = contract(), {}
            if "days" in asked and thing.ends_on:
                more["ends_on"] = thing.ends_on + timedelta(days=asked["days"])
            changes.ask(
                contract=thing,
                actor=self.solver if asked.get("by") != "officer" else self.officer,
                kind=asked["kind"],
                reason=asked["reason"],
                explanation=asked["explanation"],
                after=asked.get("after"),
                **more,
            )

        return act

    def _step(
        self, contract: Callable[[], Contract], action: str, actor: User, note: str = ""
    ) -> Callable[[], Any]:
        def act() -> None:
            request = ChangeRequest.objects.filter(contract=contract()).latest("pk")
            changes.move(request=request, action=action, actor=actor, note=note)

        return act

    def _pledge(self, contract: Contract, pledged: list[Row]) -> None:
        indicators = list(contract.indicators)
        pledges.write(
            contract=contract,
            actor=self.poster,
            rows=[
                {
                    **each,
                    "indicator": indicators[each["indicator"]].pk,
                    "share": Decimal(each["share"]) if "share" in each else None,
                    "signatory": contract.solver.legal_person,
                }
                for each in pledged
            ],
        )

    def _register(self, contract: Contract, registered: Row) -> None:
        pledges.register(
            contract=contract,
            actor=self.solver,
            category=registered["category"],
            technical_amount=contract.amount * registered["technical"] / 100,
            number=registered["number"],
            registered_on=clock.today(),
        )

    def _settle(self, contract: Contract, settled: Row) -> None:
        spent = Decimal(settled["spent"])
        back = contract.paid - spent
        made = settlements.propose(
            contract=contract,
            actor=self.officer,
            spent=spent,
            to_return_grant=(contract.paid_grant * back / contract.paid).quantize(CENT),
            basis=settled["basis"],
        )
        settlements.move(settlement=made, action=SettlementAction.CONFIRM, actor=self.approver)
        Purse(self.solver, self.approver, self.officer).recall(contract)


def terms_of(stone: Row, amount: Decimal) -> Row:
    """Return what a milestone says beside its date, tranche and indicators."""
    names = ("evidence_asked", "consequence", "expert_check")
    terms = {name: stone[name] for name in names if name in stone}
    if "upfront" in stone:
        terms["upfront"] = amount * stone["upfront"] / 100
    return terms


def promises_of(row: Row) -> Row:
    """Return the budget and what is promised beside the contract's amount."""
    found: Row = {name: Decimal(row[name]) for name in ("self_raised", "matching") if name in row}
    if "budget" in row:
        found["budget"] = {item: Decimal(amount) for item, amount in row["budget"].items()}
    return found


def spending_of(report: Row) -> dict[str, dict[str, Decimal]]:
    """Return what a report says was spent, by item and by source."""
    return {
        axis: {code: Decimal(amount) for code, amount in rows.items()}
        for axis, rows in report.get("spending", {}).items()
    }
