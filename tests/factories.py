"""The smallest whole objects. Each makes one thing and what it cannot be without, and no more."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone
from stdnum.cn import uscc

from jiebang.accounts.models import PlatformRole, RoleGrant, User
from jiebang.achievements.models import Achievement
from jiebang.awards.models import Award, DecisionRules
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.contracts.models import Contract, Milestone
from jiebang.experts import draws
from jiebang.experts import queries as experts
from jiebang.experts.models import Expert, Tie
from jiebang.library.models import Call, CallRule, CallWindow, Criterion, Indicator, TechNeed
from jiebang.library.states import State as NeedState
from jiebang.library.states import WindowKind
from jiebang.organizations.models import Membership, Organization
from jiebang.organizations.states import Kind, MemberRole
from jiebang.organizations.states import State as UnitState
from jiebang.proposals import gates
from jiebang.proposals.models import IndicatorResponse, Proposal
from jiebang.proposals.states import State as ProposalState
from jiebang.taxonomy.models import District, TechField
from tests.contents import indicator_row, need_content, proposal_content

PASSWORD = "longer-than-ten-9"
_n = count(1)


def make_user(*roles, scope="", unit=None, member_role=MemberRole.ADMINISTRATOR, **fields):
    """A person; with platform roles, or a place in a unit, when asked for."""
    n = next(_n)
    fields = {"username": f"user{n}", "display_name": f"用户{n}", **fields}
    user = User(**fields)
    user.set_password(fields.get("password", PASSWORD))
    user.save()
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, scope=scope)
    if unit:
        Membership.objects.create(organization=unit, user=user, role=member_role)
    return user


def make_officer(**fields):
    return make_user(PlatformRole.OFFICER, **fields)


def make_approver(**fields):
    return make_user(PlatformRole.APPROVER, **fields)


def make_expert(**fields):
    return make_user(PlatformRole.EXPERT, **fields)


def make_district(code="T01", name="松木镇"):
    return District.objects.get_or_create(code=code, defaults={"name": name, "kind": "town"})[0]


def make_endorser(district=None, **fields):
    return make_user(PlatformRole.ENDORSER, scope=(district or make_district()).code, **fields)


def make_field(code="F01", name="新型显示"):
    return TechField.objects.get_or_create(code=code, defaults={"name": name})[0]


def make_uscc(n):
    body = f"91441900MA{n:07d}"
    return body + uscc.calc_check_digit(body)


def make_unit(kind=Kind.ENTERPRISE, state=UnitState.VERIFIED, **fields):
    """A verified firm of this city, unless told otherwise; it has no members yet."""
    n = next(_n)
    defaults = {"name": f"样例单位{n}", "uscc": make_uscc(n), "kind": kind, "state": state}
    if kind == Kind.ENTERPRISE:
        defaults["district"] = make_district()
    return Organization.objects.create(**{**defaults, **fields})


def make_university(**fields):
    return make_unit(Kind.UNIVERSITY, **fields)


def make_call(rules=None, criteria=("技术创新性", "市场前景"), **fields):
    """A call open now, with two criteria of equal weight, that awards in one step."""
    call = Call.objects.create(**{"name": f"第 {next(_n)} 批", **fields})
    now = timezone.now()
    for kind in WindowKind:
        CallWindow.objects.create(
            call=call,
            kind=kind,
            opens_at=now - timedelta(days=30),
            closes_at=now + timedelta(days=30),
        )
    one_step = {"in_steps": False, "basis": "试点批次", "notice_days": 0, "reviews_least": 0}
    DecisionRules.objects.create(call=call, **one_step)
    for code, value in (rules or {}).items():
        CallRule.objects.create(call=call, code=code, value=value)
    for n, name in enumerate(criteria):
        Criterion.objects.create(call=call, name=name, weight=50, position=n)
    return call


def make_need(state=NeedState.DRAFT, owner=None, call=None, indicators=1, **fields):
    """A complete need of a firm, in a call, with as many indicator rows as asked for."""
    need = TechNeed.objects.create(
        owner=owner or make_unit(),
        call=call or make_call(),
        state=state,
        tech_field=fields.pop("tech_field", None) or make_field(),
        version=fields.pop("version", 0 if state == NeedState.DRAFT else 1),
        **need_content(**fields),
    )
    for n in range(indicators):
        Indicator.objects.create(need=need, position=n, **indicator_row(name=f"指标{n + 1}"))
    return need


def make_challenge(state=ChallengeState.OPEN, need=None, **fields):
    """A posted need whose times fit the state."""
    need = need or make_need(NeedState.POSTED)
    now, day = timezone.now(), timedelta(days=1)
    times = {
        ChallengeState.SCHEDULED: (now + day, now + 30 * day),
        ChallengeState.OPEN: (now - day, now + 30 * day),
    }
    opens_at, closes_at = times.get(state, (now - 30 * day, now - day))
    defaults = {
        "need": need,
        "call": need.call,
        "state": state,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "title": need.title,
        "bounty": need.bounty,
        "tech_field": need.tech_field,
        "district": need.owner.district,
        "search_text": need.title.lower(),
        "posted_by": fields.pop("posted_by", None) or make_officer(),
    }
    return Challenge.objects.create(**{**defaults, **fields})


def make_proposal(state=ProposalState.DRAFT, challenge=None, lead=None, **fields):
    """A complete solution that answers every indicator."""
    challenge, lead = challenge or make_challenge(), lead or make_university()
    proposal = Proposal.objects.create(
        challenge=challenge,
        lead=lead,
        author=fields.pop("author", None) or make_user(unit=lead),
        state=state,
        version=0 if state == ProposalState.DRAFT else 1,
        **proposal_content(**fields),
    )
    gates.seat(proposal, lead, proposal.author, leads=True)
    for indicator in challenge.need.indicators.all():
        IndicatorResponse.objects.create(
            proposal=proposal, indicator=indicator, value=360, method="第三方检测"
        )
    return proposal


def make_award(proposal=None, **fields):
    """An award for a submitted solution; the states around it are set to fit."""
    if proposal is None:
        challenge = make_challenge(ChallengeState.AWARDED)
        proposal = make_proposal(ProposalState.AWARDED, challenge=challenge)
    defaults = {
        "amount": Decimal(600),
        "grant": Decimal(100),
        "reason": "技术路线成熟，指标全部响应",
    }
    return Award.objects.create(
        challenge=proposal.challenge,
        proposal=proposal,
        decided_by=fields.pop("decided_by", None) or make_approver(),
        **{**defaults, **fields},
    )


def make_contract(state="drafting", milestones=2, award=None, **fields):
    """A contract with milestones of equal tranches; the last one carries all indicators."""
    award = award or make_award()
    today = timezone.localdate()
    contract = Contract.objects.create(
        award=award,
        poster=award.challenge.need.owner,
        solver=award.proposal.lead,
        state=state,
        title=f"{award.challenge.title}合同",
        amount=award.amount,
        grant=award.grant,
        starts_on=today,
        ends_on=today + timedelta(days=600),
        **fields,
    )
    for n in range(1, milestones + 1):
        milestone = Milestone.objects.create(
            contract=contract,
            position=n,
            title=f"里程碑{n}",
            due_on=today + timedelta(days=600 * n // milestones),
            tranche=award.amount / milestones,
        )
    milestone.indicators.set(award.challenge.need.indicators.all())
    return contract


def make_achievement(owner=None, **fields):
    defaults = {
        "title": "硫化物固态电解质连续成膜装备",
        "summary": "面向固态电池的硫化物电解质薄膜连续制备，已通过中试。",
        "tech_field": make_field(),
        "trl": 6,
    }
    return Achievement.objects.create(owner=owner or make_university(), **{**defaults, **fields})


def make_pooled(unit_name="", fields=None, ties=(), **columns):
    """An expert with a profile in the pool, from a unit of their own unless told otherwise."""
    n = next(_n)
    user = columns.pop("user", None) or make_expert(display_name=f"专家{n}")
    columns.setdefault("keywords", "固态电池")
    expert = Expert.objects.create(
        user=user,
        unit_name=columns["unit"].name if columns.get("unit") else unit_name or f"外地研究所{n}",
        **columns,
    )
    expert.fields.set(fields or [make_field()])
    for tie in ties:
        Tie.objects.create(expert=expert, **tie)
    return experts.pool().get(pk=expert.pk)


def make_draw(seats=0, challenge=None):
    """A published draw of as many experts as wanted, who are invited; made for it."""
    if challenge is None:
        challenge = make_challenge(ChallengeState.CLOSED)
        make_proposal(ProposalState.SUBMITTED, challenge=challenge)
    for _ in range(max(seats, 1)):
        make_pooled()
    quotas = [{"field": "", "count": max(seats, 1)}]
    return draws.hold(challenge=challenge, actor=make_officer(), quotas=quotas)
