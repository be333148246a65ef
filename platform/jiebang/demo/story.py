"""What happened in the city: every step of every need, at its time, through the services."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jiebang.accounts.models import PlatformRole, User
from jiebang.awards.models import Award
from jiebang.challenges import services as challenges
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.contracts import services as contracts
from jiebang.contracts.models import Contract
from jiebang.demo import afterwards, board, consortia, kept, panels
from jiebang.demo.content import Row, money, rows
from jiebang.demo.decisions import Deciding
from jiebang.demo.founding import administrator_of, person, unit, writer_of
from jiebang.demo.payments import Purse
from jiebang.demo.progress import Progress, promises_of, spending_of, terms_of
from jiebang.library import screening, services
from jiebang.library.models import Appraisal, Call, TechNeed
from jiebang.proposals import services as proposals
from jiebang.proposals.models import Proposal
from jiebang.taxonomy import queries as taxonomy

TEXTS = (
    "title", "main_problem", "key_technology", "expected_goal", "background", "current_basis",
    "deliverables", "solver_conditions", "solve_mode", "activity_type", "term_months",
    "ip_ownership", "ip_terms", "acceptance_method", "secrecy", "trl_now", "trl_target",
    "source_url",
)  # fmt: skip
NUMBERS = ("value", "value_high")


@dataclass(frozen=True)
class Event:
    """One step: on which day from the founding, at which place within that day, and what."""

    day: float
    order: int
    act: Callable[[], Any]


def tell(
    calls: dict[str, Call],
    report: Callable[[int, int], None],
    more: Callable[[dict[str, Call], datetime], Iterable[Event]],
) -> int:
    """Tell every need's story, and `more`, in the order of the days; returns how many steps."""
    founded = clock.now()
    events = [event for row in rows("stories") for event in Story(row, calls, founded).events()]
    events += more(calls, founded)
    events += [Event(day, 95, act) for day, act in afterwards.told(founded)]
    events.sort(key=lambda event: (event.day, event.order))
    for n, event in enumerate(events, 1):
        with clock.telling(_moment(founded, event.day, n)):
            event.act()
        report(n, len(events))
    return len(events)


def _moment(founded: datetime, day: float, n: int) -> datetime:
    """Return a time within that day's office hours, later for later steps, never in the future."""
    morning = clock.local(founded).replace(hour=9, minute=0, second=0, microsecond=0)
    then = morning + timedelta(days=day, seconds=(n * 97) % (8 * 3600))
    return min(then, founded - timedelta(minutes=1))


class Story:
    """One need from its draft to wherever it came."""

    def __init__(self, row: Row, calls: dict[str, Call], founded: datetime) -> None:
        self.row, self.founded, self.call = row, founded, calls[row["call"]]
        self.text = next(r for r in rows("needs") if r["key"] == row["need"])
        self.bids = [r for r in rows("solutions") if r["need"] == row["need"]]
        self.owner = unit(self.text["unit"])
        self.writer, self.head = writer_of(self.owner), administrator_of(self.owner)
        officer = next(r["officer"] for r in rows("calls") if r["key"] == row["call"])
        self.officer, self.approver = person(officer), _with_role(PlatformRole.APPROVER)
        self.endorser = _endorser(self.owner.district)
        self.made: dict[str, Any] = {}

    # What was made is fetched anew at each step, as people do who open a page.

    @property
    def _need(self) -> TechNeed:
        return TechNeed.objects.get(pk=self.made["need"].pk)

    @property
    def _challenge(self) -> Challenge:
        return Challenge.objects.get(pk=self.made["challenge"].pk)

    def _bid(self, key: str) -> Proposal:
        return Proposal.objects.get(pk=self.made[f"bid-{key}"].pk)

    @property
    def _signed(self) -> Contract:
        return Contract.objects.get(award=self.made["award"])

    def events(self) -> Iterator[Event]:
        """Return the steps of this need, its bids and its contract."""
        yield from self._screening()
        if posting := self.row.get("challenge"):
            yield from self._board(posting)
            for bid in self.bids:
                yield from self._bidding(bid, posting)
            yield from self._deciding(posting)
        if contract := self.row.get("contract"):
            yield from self._contract(contract)

    def _screening(self) -> Iterator[Event]:
        days, row = self.row["days"], self.row
        first = row.get("before")
        yield Event(days["drafted"], 0, lambda: self._draft(first or {}))
        if first:
            yield Event(days["first_submitted"], 1, self._submit)
            yield Event(days["first_endorsed"], 2, lambda: self._endorse(row["first_endorsement"]))
            yield Event(
                days["first_returned"], 3, lambda: self._decide("return", row["first_return"])
            )
            yield Event(days["submitted"], 0, self._rewrite)
        steps: list[tuple[str, Callable[[], Any]]] = [
            ("submitted", self._submit),
            ("endorsed", lambda: self._endorse(row["endorsement"])),
            ("checked", lambda: self._decide("pass_check", "材料齐全，符合本批次要求")),
            ("assigned", self._assign),
            ("appraised", self._appraise),
            ("admitted", self._admit),
            ("ended", self._end_need),
        ]
        for order, (name, act) in enumerate(steps, 4):
            if name in days:
                yield Event(days[name], order, act)
        if row["state"] == "lapsed":
            yield Event(row["valid_until"] + 1, 20, lambda: screening.lapse(need=self._need))

    def _draft(self, changes: Row) -> None:
        data, indicators = _content(self.text | changes)
        if offset := self.row.get("valid_until"):
            data["valid_until"] = self._date(offset)
        contact = {
            "contact_name": self.owner.contact_name,
            "contact_phone": self.owner.contact_phone,
        }
        data |= {"call": self.call, **contact}
        self.made["need"] = services.create_need(
            owner=self.owner, actor=self.writer, data=data, indicators=indicators
        )
        kept.files(self._need, self.writer, self.text.get("files", ()))

    def _rewrite(self) -> None:
        data, indicators = _content(self.text)
        services.save_need(need=self._need, actor=self.writer, data=data, indicators=indicators)

    def _submit(self) -> None:
        services.submit(need=self._need, actor=self.writer)

    def _endorse(self, opinion: str) -> None:
        screening.move(need=self._need, action="endorse", actor=self.endorser, note=opinion)

    def _decide(self, action: str, note: str) -> None:
        screening.move(need=self._need, action=action, actor=self.officer, note=note)

    def _assign(self) -> None:
        experts = [person(each["expert"]) for each in self.row["appraisals"]]
        due = clock.now() + timedelta(days=12)
        screening.assign_appraisers(
            need=self._need, actor=self.officer, experts=experts, due_at=due
        )

    def _appraise(self) -> None:
        criteria = list(self.call.criteria.all())
        for each in self.row["appraisals"]:
            if "scores" not in each:
                continue
            expert = person(each["expert"])
            scores = {str(c.pk): s for c, s in zip(criteria, each["scores"], strict=True)}
            screening.appraise(
                appraisal=Appraisal.objects.get(need=self._need, expert=expert),
                actor=expert,
                scores=scores,
                opinion=each["opinion"],
            )

    def _admit(self) -> None:
        note = self.row["admission"]
        screening.move(need=self._need, action="admit", actor=self.approver, note=note)

    def _end_need(self) -> None:
        note = self.row["note"]
        if self.row["state"] == "withdrawn":
            services.withdraw(need=self._need, actor=self.writer, note=note)
        else:
            self._decide({"returned": "return", "rejected": "reject"}[self.row["state"]], note)

    def _board(self, posting: Row) -> Iterator[Event]:
        opens, closes = posting["opens"], posting["closes"]
        yield Event(min(opens - 1, -1), 30, lambda: self._post(opens, closes))
        for day in (opens, closes):
            if day < 0:
                yield Event(day, 40, lambda: challenges.settle(challenge=self._challenge))
        for day, act in board.said(posting, lambda: self._challenge, self.writer):
            yield Event(day, 45, act)
        if early := posting.get("opening"):
            yield Event(
                opens + early["day"],
                46,
                lambda: kept.open_early(
                    self._challenge, self.officer, self.approver, early["reason"]
                ),
            )
        if judged := posting.get("panel"):
            yield Event(judged["drawn"], 42, lambda: panels.draw(self._challenge, self.officer))
            if "answered" in judged:
                declines = judged.get("declines", 0)
                yield Event(
                    judged["answered"], 43, lambda: panels.answer(self._challenge, declines)
                )
                yield Event(judged["answered"], 44, lambda: kept.read_by_the_panel(self._challenge))
        if "ended" in posting:
            action = {"failed": "fail", "withdrawn": "withdraw"}[posting["state"]]
            yield Event(
                posting["ended"],
                41,
                lambda: challenges.move(
                    challenge=self._challenge,
                    action=action,
                    actor=self.officer,
                    note=posting["note"],
                ),
            )

    def _post(self, opens: float, closes: float) -> None:
        at_eight = self.founded.replace(minute=0, second=0, microsecond=0)
        at_eight = clock.local(at_eight).replace(hour=8)
        self.made["challenge"] = challenges.post(
            need=self._need,
            actor=self.officer,
            opens_at=at_eight + timedelta(days=opens),
            closes_at=at_eight + timedelta(days=closes),
        )

    def _bidding(self, bid: Row, posting: Row) -> Iterator[Event]:
        day = posting["opens"] + bid["day"]
        key, state = bid["unit"], bid.get("state", "submitted")
        yield Event(day - 1, 50, lambda: self._write_bid(bid))
        if state != "draft":
            solver = writer_of(unit(key))
            yield Event(day, 51, lambda: proposals.submit(proposal=self._bid(key), actor=solver))
            if state == "withdrawn":
                yield Event(
                    day + 1,
                    52,
                    lambda: proposals.move(
                        proposal=self._bid(key), action="withdraw", actor=solver
                    ),
                )

    def _write_bid(self, bid: Row) -> None:
        self.made[f"bid-{bid['unit']}"] = consortia.write_bid(self._challenge, bid)

    def _deciding(self, posting: Row) -> Iterator[Event]:
        def keep(award: Award) -> None:
            self.made["award"] = award

        told = Deciding(lambda: self._challenge, self._bid, self.officer, self.approver, keep)
        for day, order, act in told.steps(posting, self.row.get("decision"), self.row.get("award")):
            yield Event(day, order, act)

    def _contract(self, row: Row) -> Iterator[Event]:
        if "written" in row:
            yield Event(row["written"], 60, lambda: self._write_contract(row))
        if "proposed" in row:
            yield Event(row["proposed"], 61, lambda: self._move_contract("propose", self.head))
        solver = administrator_of(unit(self.row["award"]["winner"]))
        signers = {"poster": self.head, "solver": solver, "bureau": self.approver}
        for side, signer in signers.items():
            if f"{side}_signed" in row:
                yield Event(row[f"{side}_signed"], 62, self._signing(side, signer))
        for n, milestone in enumerate(row.get("milestones", ())):
            yield from self._progress(n, milestone)
        progress = Progress(self._solver, self.writer, self.officer, self.approver)
        for day, order, act in progress.events(row, lambda: self._signed):
            yield Event(day, order, act)
        if row["state"] == "accepted":
            yield Event(row["ended"] - 8, 90, lambda: self._accept(row["note"]))
            yield Event(row["ended"], 90, lambda: afterwards.conclude(self._signed))

    @property
    def _solver(self) -> User:
        return writer_of(unit(self.row["award"]["winner"]))

    def _signing(self, side: str, signer: User) -> Callable[[], Any]:
        return lambda: contracts.sign(contract=self._signed, actor=signer, side=side)

    def _accept(self, note: str) -> None:
        solver = writer_of(unit(self.row["award"]["winner"]))
        afterwards.accept(self._signed, solver, self.writer, note)

    def _move_contract(self, action: str, actor: User, note: str = "") -> None:
        contracts.move(contract=self._signed, action=action, actor=actor, note=note)

    def _write_contract(self, row: Row) -> None:
        contract, starts = self._signed, self._date(row["starts"])
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
            for each in row["milestones"]
        ]
        ends = starts + timedelta(days=30 * row["months"] + 15)
        contracts.write(
            contract=contract,
            actor=self.writer,
            data={"starts_on": starts, "ends_on": ends, **promises_of(row)},
            milestones=milestones,
        )

    def _progress(self, n: int, row: Row) -> Iterator[Event]:
        reports = row.get("reports", ())
        for report in reports:
            yield Event(report["day"], 70, self._reporting(n, report))
            if "judged" in report:
                last = report is reports[-1] and row["state"] == "confirmed"
                rectify = report is reports[-1] and row["state"] == "rectifying"
                action = "confirm" if last else "rectify" if rectify else "return"
                yield Event(report["judged"], 71, self._judging(n, action, report))
                if last:
                    yield Event(report["judged"], 72, self._paying(n, row.get("payment", "paid")))

    def _reporting(self, n: int, report: Row) -> Callable[[], Any]:
        def act() -> None:
            indicators = [indicator.pk for indicator in self._need.indicators.all()]
            measured = {
                indicators[each["indicator"]]: {
                    k: Decimal(v) if k == "value" else v
                    for k, v in each.items()
                    if k != "indicator"
                }
                for each in report["measured"]
            }
            contracts.report(
                milestone=self._signed.milestones.all()[n],
                actor=self._solver,
                summary=report["summary"],
                problems=report.get("problems", ""),
                next_plan=report.get("next_plan", ""),
                spent=money(report.get("spent")),
                spending=spending_of(report),
                measurements=measured,
            )

        return act

    def _paying(self, n: int, until: str) -> Callable[[], Any]:
        purse = Purse(self._solver, self.approver, self.officer)
        return lambda: purse.follow(self._signed.milestones.all()[n], until)

    def _judging(self, n: int, action: str, report: Row) -> Callable[[], Any]:
        term = self._date(report["rectify_by"]) if action == "rectify" else None
        return lambda: contracts.judge(
            milestone=self._signed.milestones.all()[n],
            action=action,
            actor=self.writer,
            note=report["opinion"],
            rectify_by=term,
        )

    def _date(self, offset: float) -> date:
        return clock.local(self.founded + timedelta(days=offset)).date()


def _content(row: Row) -> tuple[Row, list[Row]]:
    data = {name: row[name] for name in TEXTS if name in row and name != "source_url"}
    data |= {name: money(row.get(name)) for name in ("total_budget", "bounty", "grant")}
    data |= {"keywords": ",".join(row["keywords"]), "tech_field": taxonomy.find_field(row["field"])}
    indicators = [
        {k: Decimal(v) if k in NUMBERS else v for k, v in each.items()}
        for each in row["indicators"]
    ]
    return data, indicators


def _with_role(role: PlatformRole) -> User:
    return User.objects.filter(role_grants__role=role).order_by("pk")[0]


def _endorser(district: Any) -> User:
    grants = {"role_grants__role": PlatformRole.ENDORSER, "role_grants__scope": district.code}
    return User.objects.filter(**grants).order_by("pk")[0]
