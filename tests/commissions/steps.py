"""Ways to a draft, and to each stage of a commission."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from jiebang.accounts.models import PlatformRole
from jiebang.commissions import decisions, objections, opinions, services
from jiebang.commissions.models import Commission, Objection
from jiebang.common import clock
from tests.factories import (
    make_approver,
    make_call,
    make_need,
    make_officer,
    make_pooled,
    make_university,
    make_user,
)

REASON = (
    "该方向国内仅此一家建有连续成膜中试线并掌握成套工艺，前期已由其完成小试；"
    "公开张榜难以形成有效竞争，另起炉灶将延误整机量产一年以上。"
)
OPINION = "国内具备该中试条件的只有这一家，组织公开竞争没有实际意义。"
TEXT = "公示的理由与事实不符，我单位同样具备中试条件，请予复核。"
REPLY = "经现场核实并听取双方意见，作出以下处理决定，特此答复。"


def at(month, day, hour=10):
    """Return a moment of 2026 in the city."""
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


def data(candidate=None, **fields):
    """What a complete draft of one need says."""
    said = {
        "kind": "single",
        "title": "固态电池电解质定向攻关",
        "candidate": candidate or make_university(),
        "cause": "sole",
        "reason": REASON,
        "amount": Decimal(600),
        "grant": Decimal(100),
        "term_months": 24,
    }
    return {**said, **fields}


def draft(needs=None, actor=None, **fields):
    """A draft of one library need."""
    parts, members = fields.pop("parts", ()), fields.pop("members", ())
    wanted = [] if parts else needs or [make_need("in_library")]
    return services.start(
        actor=actor or make_officer(), data=data(**fields), needs=wanted, parts=parts,
        members=members,
    )  # fmt: skip


def package(amounts=(400, 200), shares=(350, 250), **fields):
    """A draft of a package: sub-projects of these amounts, a consortium of two with shares."""
    call = make_call()
    needs = [make_need("in_library", call=call) for _ in amounts]
    lead, other = make_university(), make_university()
    parts = [
        {"title": f"子课题{n}", "unit": unit, "amount": Decimal(amount), "needs": [need]}
        for n, (unit, amount, need) in enumerate(
            zip((lead, other, lead, other), amounts, needs, strict=False), 1
        )
    ]
    members = [
        {"unit": unit, "task": "总体与集成", "share": Decimal(share)}
        for unit, share in zip((lead, other), shares, strict=True)
    ]
    return draft(
        kind="package", cause="package", candidate=lead, parts=parts, members=members, **fields
    )


def ask(commission, expert=None, actor=None):
    return opinions.ask(
        commission=commission, actor=actor or make_officer(), expert=expert or make_pooled()
    )


def support(commission, stance="pointless", expert=None):
    """An expert's answer to the draft."""
    asked = ask(commission, expert)
    return opinions.answer(opinion=asked, actor=asked.expert.user, stance=stance, text=OPINION)


def propose(commission=None, actor=None, **fields):
    """A commission that waits for approval; read anew, as by who opens its page."""
    commission = commission or draft(**fields)
    support(commission)
    decisions.propose(commission=commission, actor=actor or make_officer())
    return Commission.objects.get(pk=commission.pk)


def make_director(**fields):
    return make_user(PlatformRole.DIRECTOR, **fields)


def move(commission, action, actor=None, note="理由充分"):
    return decisions.move(
        commission=commission, action=action, actor=actor or make_approver(), note=note
    )


def approve(commission, actor=None):
    """Approval, and where it is wanted the higher one."""
    move(commission, "elevate" if commission.needs_higher else "approve", actor)
    if commission.needs_higher:
        move(commission, "confirm", make_director())
    return commission


def resolve(commission, actor=None, **fields):
    said = {
        "minutes_number": "东科会〔2026〕31号",
        "minutes_on": clock.today(),
        "members": ["陈一", "陈二", "陈三"],
    }
    return decisions.resolve(
        commission=commission, actor=actor or make_approver(), **{**said, **fields}
    )


def notice(**fields):
    """A commission under public notice since this moment."""
    return resolve(approve(propose(**fields)))


def effective(**fields):
    """A commission in effect, by a call without a notice."""
    call = fields.pop("call", None) or make_call(rules={"commission_notice_days": 0})
    needs = [make_need("in_library", call=call)]
    made = notice(needs=needs, **fields)
    return decisions.conclude(commission=made, actor=make_approver())


def object_to(commission, actor=None, **fields):
    actor = actor or make_user(unit=make_university())
    said = {"signed_name": actor.display_name, "text": TEXT, "evidence": "中试线照片和检测报告"}
    return objections.object_to(commission=commission, actor=actor, **{**said, **fields})


def written():
    """Return what a refusal must leave as it was."""
    return list(Commission.objects.order_by("pk").values()), Objection.objects.count()
