"""A small city in which every kind of thing stands in every state, and one person of each role."""

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

from knox.models import AuthToken

from jiebang.accounts.models import PlatformRole
from jiebang.batches.deeds import Code
from jiebang.challenges.models import IntentNotice, Question
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.contracts.models import MilestoneReport, Payment
from jiebang.contracts.states import MilestoneState, PaymentState
from jiebang.contracts.states import State as ContractState
from jiebang.jobs.models import Job
from jiebang.ledger.models import Record
from jiebang.lexicons.models import Entry as Word
from jiebang.lexicons.models import Version as Edition
from jiebang.library import snapshots as need_snapshots
from jiebang.library.models import Appraisal, NeedVersion
from jiebang.library.states import Secrecy
from jiebang.library.states import State as NeedState
from jiebang.notifications.models import Notification
from jiebang.organizations import services as units
from jiebang.organizations.models import Membership, Organization
from jiebang.organizations.states import MemberRole
from jiebang.organizations.states import State as UnitState
from jiebang.proposals import snapshots as bid_snapshots
from jiebang.proposals.models import Receipt
from jiebang.proposals.states import State as BidState
from jiebang.recommendations import tuning
from jiebang.recommendations.models import Fit, MatchSettings
from tests import factories as make
from tests.permissions import (
    accepted,
    commissioned,
    contracted,
    decided,
    filed,
    opened,
    papers,
    pooled,
    together,
)

# The columns of the table, as people call them.
ROLES = (
    *("访客", "个人", "发榜方管理员", "发榜方查看员", "揭榜方管理员", "无关单位"),
    *("归口推荐", "专家", "经办", "审批", "审计"),
)


@dataclass
class Case:
    """A thing in one state: how an address names it, and the row itself."""

    args: dict
    thing: object = None
    state: str = ""
    life: object = None


@dataclass
class World:
    """People by role, things by kind and state."""

    people: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    units: SimpleNamespace = field(default_factory=SimpleNamespace)

    def add(self, kind, label, thing, /, **args):
        """Put a thing of this kind and state into the city."""
        life = getattr(thing, "LIFE", None)
        case = Case(args or {"pk": thing.pk}, thing, getattr(thing, "state", ""), life)
        self.kinds.setdefault(kind, {})[label] = case
        return thing

    def cases(self, kind):
        """Return the things of a kind by state; one nameless case where nothing is named."""
        return self.kinds[kind] if kind else {"": Case({})}


def build():
    """Make the city; inside a transaction that the caller takes back."""
    world = World()
    poster, bidder, other = make.make_unit(), make.make_university(), make.make_university()
    world.units = SimpleNamespace(poster=poster, bidder=bidder, other=other)
    world.people = {
        "访客": None,
        "个人": make.make_user(email="person@example.cn"),
        "发榜方管理员": make.make_user(unit=poster),
        "发榜方查看员": make.make_user(unit=poster, member_role=MemberRole.VIEWER),
        "揭榜方管理员": make.make_user(unit=bidder),
        "无关单位": make.make_user(unit=other),
        "归口推荐": make.make_endorser(),
        "专家": make.make_expert(),
        "经办": make.make_officer(),
        "审批": make.make_approver(),
        "审计": make.make_user(PlatformRole.AUDITOR),
    }
    for part in (
        *(_units, _needs, _bids, _contracts, contracted.add, together.add, pooled.add),
        *(decided.add, commissioned.add, accepted.add, filed.add, opened.add, papers.add, _small),
    ):
        part(world)
    return world


def _units(world):
    head = world.people["发榜方管理员"]
    for state in UnitState:
        unit = world.units.poster
        if state != UnitState.VERIFIED:
            unit = make.make_unit(state=state)
            for person, role in ((head, "administrator"), (world.people["发榜方查看员"], "viewer")):
                Membership.objects.create(organization=unit, user=person, role=role)
        world.add("unit", state.value, unit)
    assert isinstance(unit, Organization)
    world.add("membership", "editor", _member(world.units.poster))
    invitation, token = units.invite(
        organization=world.units.poster, actor=head, email="person@example.cn", role="editor"
    )
    world.add("invitation", "open", invitation)
    world.add("offer", "open", invitation, token=token)


def _member(unit):
    return Membership.objects.get(user=make.make_user(unit=unit, member_role=MemberRole.EDITOR))


def _needs(world):
    call = world.add("call", "open", make.make_call())
    world.add("rule", "any", call, pk=call.pk, code="pass_mark")
    notice = IntentNotice.objects.create(
        call=call,
        title="拟发榜公示",
        ends_at=clock.now() + timedelta(days=5),
        made_by=world.people["经办"],
    )
    world.add("notice", "running", notice)
    for state in NeedState:
        need = make.make_need(state, owner=world.units.poster, call=call)
        world.add("need", state.value, need)
        if need.version:
            NeedVersion.objects.create(
                need=need,
                number=need.version,
                content=need_snapshots.take(need),
                submitted_by=world.people["发榜方管理员"],
            )
    version = world.kinds["need"][NeedState.SUBMITTED].thing
    world.add("version", "submitted", version, pk=version.pk, number=1)
    asked = world.kinds["need"][NeedState.APPRAISAL].thing
    appraisal = Appraisal.objects.create(need=asked, expert=world.people["专家"], version=1)
    world.add("appraisal", "open", appraisal)


def _bids(world):
    bidder, author = world.units.bidder, world.people["揭榜方管理员"]
    by_state = {}
    for state in ChallengeState:
        need = make.make_need(NeedState.POSTED, owner=world.units.poster)
        by_state[state] = world.add("challenge", state.value, make.make_challenge(state, need=need))
    world.add("unbid", "open", by_state[ChallengeState.OPEN])
    for label, state, standing in (
        ("intention", BidState.INTENTION, ChallengeState.OPEN),
        ("draft", BidState.DRAFT, ChallengeState.OPEN),
        ("sealed", BidState.SUBMITTED, ChallengeState.OPEN),
        ("opened", BidState.SUBMITTED, ChallengeState.CLOSED),
        ("withdrawn", BidState.WITHDRAWN, ChallengeState.OPEN),
        ("awarded", BidState.AWARDED, ChallengeState.AWARDED),
        ("not_awarded", BidState.NOT_AWARDED, ChallengeState.AWARDED),
    ):
        need = make.make_need(NeedState.POSTED, owner=world.units.poster)
        challenge = make.make_challenge(standing, need=need)
        bid = make.make_proposal(state, challenge=challenge, lead=bidder, author=author)
        world.add("proposal", label, bid)
        if label in ("sealed", "opened"):
            receipt = Receipt.objects.create(
                proposal=bid,
                version=1,
                submitted_by=author,
                content=bid_snapshots.take(bid),
                digest="0" * 64,
            )
            world.add("receipt", label, receipt)
    for tier in (Secrecy.PLEDGED, Secrecy.ADMITTED):
        need = make.make_need(NeedState.POSTED, owner=world.units.poster, secrecy=tier)
        world.add("secret", tier.value, make.make_challenge(ChallengeState.OPEN, need=need))
    asked = Question.objects.create(
        challenge=by_state[ChallengeState.OPEN], asker=author, text="指标是否含税？"
    )
    world.add("question", "open", asked)
    awarded = world.kinds["proposal"]["awarded"].thing
    world.add("award", "made", make.make_award(awarded))


def _contracts(world):
    for state in ContractState:
        need = make.make_need(NeedState.POSTED, owner=world.units.poster)
        challenge = make.make_challenge(ChallengeState.AWARDED, need=need)
        bid = make.make_proposal(BidState.AWARDED, challenge=challenge, lead=world.units.bidder)
        contract = make.make_contract(
            state.value, milestones=len(MilestoneState), award=make.make_award(bid), version=1
        )
        world.add("contract", state.value, contract)
        if state == ContractState.RUNNING:
            for stone, standing in zip(contract.milestones.all(), MilestoneState, strict=True):
                term = contract.ends_on if standing == MilestoneState.RECTIFYING else None
                type(stone).objects.filter(pk=stone.pk).update(state=standing, rectify_by=term)
                stone.state = standing.value
                world.add("milestone", standing.value, stone)
                if standing != MilestoneState.PENDING:
                    MilestoneReport.objects.create(
                        milestone=stone, summary="按计划完成", reported_by=bid.author, spent=1
                    )
            _payments(world, contract)


def _payments(world, contract):
    """One movement of money in every state, each under a milestone of its own."""
    for stone, standing in zip(contract.milestones.all(), PaymentState, strict=False):
        done = {"voucher": "PZ-1", "settled_on": clock.today()} if standing == "paid" else {}
        made = Payment.objects.create(
            contract=contract, milestone=stone, kind="tranche", state=standing, amount=1,
            purpose="材料费", requested_by=world.people["揭榜方管理员"], **done,
        )  # fmt: skip
        world.add("payment", standing.value, made)
        type(stone).objects.filter(pk=stone.pk).update(drawn=standing != PaymentState.DECLINED)
    type(contract).objects.filter(pk=contract.pk).update(drawn=3, paid=1)


def _small(world):
    world.add("achievement", "public", make.make_achievement(world.units.bidder))
    hidden = make.make_achievement(world.units.bidder, on_offer=False)
    world.add("achievement", "hidden", hidden)
    officer = world.people["经办"]
    job = Job.objects.create(name="imports.run", key="k", title="导入", owner=officer, state="done")
    world.add("import", "done", job)
    own = Job.objects.create(name="x", key="o", title="匹配", owner=world.people["揭榜方管理员"])
    world.add("job", "queued", own)
    message = Notification.objects.create(
        person=world.people["揭榜方管理员"], kind="system", thing="x", subject="消息"
    )
    world.add("message", "unread", message)
    need = world.kinds["need"][NeedState.POSTED].thing
    pair = {
        "subject_kind": "need",
        "subject_id": need.pk,
        "object_kind": "achievement",
        "object_id": world.kinds["achievement"]["public"].thing.pk,
    }
    world.add("match", "any", need, **pair)
    world.add("tab", "done", None, tab="done")
    for code in Code:
        world.add("deed", code.value, None, deed=code.value)
    said = {"why": "评测需要", "kind": "term", "added_by": officer}
    world.add("word", "draft", Word.objects.create(word="固态电池", key="固态电池", **said))
    edition = Edition.objects.create(number=1, digest="0" * 24, why="首版", made_by=officer)
    world.add("edition", "first", edition, number=edition.number)
    reckoned = {"asked_by": officer, "made_at": clock.now(), "values": tuning.BUILT_IN.as_json()}
    figures = dict.fromkeys(("queries", "above", "above_useful", "below", "below_useful"), 0)
    reckoned |= {"before": figures, "after": figures}
    world.add("fit", "reckoned", Fit.objects.create(**reckoned))
    applied = MatchSettings.objects.create(
        number=1, fit=Fit.objects.create(**reckoned), values=reckoned["values"], why="首版",
        made_by=officer,
    )  # fmt: skip
    world.add("tuning", "first", applied, number=applied.number)
    record = Record.objects.order_by("number").first()
    world.add("record", "any", record, number=record.number)
    world.add("ledger", "any", record, pk=record.number)
    token, _ = AuthToken.objects.create(officer)
    world.add("token", "own", token, pk=token.token_key)
