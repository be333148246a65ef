"""The lists of the platform: what their columns say, on the page and in the Excel file."""

from typing import Any

from django.apps import apps

from jiebang.common import clock
from jiebang.contracts.states import MilestoneState
from jiebang.web.listing import Column, Table
from jiebang.web.trail import line_of


def _waited(row: Any) -> int | None:
    since = getattr(row, "since", None)
    return (clock.today() - clock.local(since).date()).days if since else None


def _titles(unit: Any) -> str:
    return "、".join(str(title) for title in unit.qualifications.all())


def _appraisals(need: Any) -> str:
    return f"{need.asked - need.unanswered}/{need.asked} 份" if need.asked else ""


def _confirmed(contract: Any) -> str:
    stones = list(contract.milestones.all())
    done = sum(stone.state == MilestoneState.CONFIRMED for stone in stones)
    return f"{done}/{len(stones)} 个" if stones else ""


def _coming(contract: Any) -> Any:
    stones = contract.milestones.all()
    return next((s for s in stones if s.state != MilestoneState.CONFIRMED), None)


def _kind(entry: Any) -> str:
    return str(apps.get_model(entry.thing_type)._meta.verbose_name)


def only(label: str, value: Any, sort: str = "") -> Column:
    """Return a column of the file alone."""
    return Column(label, value, sort, shown=False)


NUMBER = only("编号", "number")
OWNER_DISTRICT = only("镇街（园区）", "owner.district.name")
FIELD = Column("技术领域", "tech_field.name", "tech_field__name")
STATE = Column("状态", "get_state_display", "state")

UNITS_TO_VERIFY = Table(
    "单位核验",
    (
        NUMBER,
        Column("单位", "name", "name"),
        only("统一社会信用代码", "uscc"),
        Column("性质", "get_kind_display", "kind"),
        Column("所在地", lambda unit: unit.district or unit.city),
        Column("资质", _titles),
        STATE,
        Column("在此状态", _waited, "since"),
        only("登记时间", "created_at", "created_at"),
    ),
    ("没有符合条件的单位", "单位登记后会出现在“待核验”里，等得最久的在最前面。"),
    "building",
)
NEEDS = Table(
    "需求受理",
    (
        NUMBER,
        Column("需求", "title", "title"),
        Column("单位", "owner_name"),
        OWNER_DISTRICT,
        FIELD,
        only("批次", "call.name"),
        Column("拟投入", "total_budget", "total_budget", money=True),
        STATE,
        Column("论证", _appraisals),
        Column("在此状态", _waited, "since"),
    ),
    (
        "没有符合条件的需求",
        "单位提交、镇街推荐后，需求会按办理环节列在这里；可以去掉筛选条件再看。",
    ),
)
LIBRARY = Table(
    "项目库",
    (
        NUMBER,
        Column("需求", "title", "title"),
        Column("单位", "owner_name"),
        OWNER_DISTRICT,
        FIELD,
        Column("榜单金额", "bounty", "bounty", money=True),
        Column("入库已", _waited, "since"),
        Column("有效期至", "valid_until", "valid_until"),
    ),
    ("没有待张榜的需求", "需求经专家论证、批准入库后列在这里，可以直接安排张榜。"),
    "library",
)
CHALLENGES = Table(
    "榜题",
    (
        NUMBER,
        Column("榜题", "title", "title"),
        Column("发榜单位", "need.owner_name"),
        Column("榜单金额", "bounty", "bounty", money=True),
        Column("状态", "state_label"),
        Column("张榜", "opens_at", "opens_at"),
        Column("截止", "closes_at", "closes_at"),
        Column("揭榜书", "bid_count", "bid_count", money=True),
    ),
    ("没有符合条件的榜题", "项目库里的需求安排张榜后，会按状态列在这里。"),
    "board",
)
COMMISSIONS = Table(
    "定向委托",
    (
        NUMBER,
        Column("委托", "title", "title"),
        Column("类型", "get_kind_display", "kind"),
        only("批次", "call.name"),
        Column("拟受托单位", "candidate.name", "candidate__name"),
        Column("定向事由", "get_cause_display", "cause"),
        Column("金额", "amount", "amount", money=True),
        only("其中财政补助（万元）", "grant", "grant"),
        STATE,
        only("须上级审批", "needs_higher"),
        only("公示截止", "notice_ends_on", "notice_ends_on"),
        only("生效时间", "effective_at", "effective_at"),
    ),
    ("没有符合条件的定向委托", "从项目库选择需求，写明事由和理由，即可拟定定向委托。"),
    "contract",
    buttons=False,
)
COMMISSION_NOTICES = Table(
    "定向委托公示",
    (
        NUMBER,
        Column("委托", "title", "title"),
        Column("受托单位", "candidate.name", "candidate__name"),
        Column("事由", "get_cause_display", "cause"),
        Column("金额", "amount", "amount", money=True),
        Column("公示截止", "notice_ends_on", "notice_ends_on"),
        STATE,
    ),
    buttons=False,
)
CONTRACTS = Table(
    "合同",
    (
        NUMBER,
        Column("合同", "title", "title"),
        Column("甲方 / 乙方", lambda c: f"{c.poster or ''} / {c.solver}"),
        Column("合同金额", "amount", "amount", money=True),
        Column("已拨付", "paid", money=True),
        STATE,
        Column("里程碑", _confirmed),
        Column("下一个里程碑", lambda c: getattr(_coming(c), "title", "")),
        only("下一个里程碑到期", lambda c: getattr(_coming(c), "due_on", None)),
        only("开始日期", "starts_on", "starts_on"),
        only("结束日期", "ends_on", "ends_on"),
    ),
    ("没有符合条件的合同", "榜题定榜后，合同由系统自动生成并列在这里，由发榜方拟定、各方签署。"),
    "contract",
    buttons=False,
)
OWN_NEEDS = Table(
    "技术需求",
    (
        NUMBER,
        Column("需求", "title", "title"),
        only("单位", "owner_name"),
        STATE,
        FIELD,
        Column("版本", "version", "version"),
        Column("榜单金额", "bounty", "bounty", money=True),
    ),
    buttons=False,
)
OWN_BIDS = Table(
    "揭榜书",
    (
        NUMBER,
        Column("榜题", "challenge.title", "challenge__title"),
        only("牵头单位", "lead.name"),
        Column("揭榜书", "get_state_display", "state"),
        Column("榜题状态", "challenge.state_label"),
        Column("截止", "challenge.closes_at", "challenge__closes_at"),
        Column("期望金额", "asked_amount", "asked_amount", money=True),
    ),
    buttons=False,
)
OWN_ACHIEVEMENTS = Table(
    "科技成果",
    (
        NUMBER,
        Column("成果", "title", "title"),
        only("单位", "unit_name"),
        FIELD,
        Column("体现形式", "get_form_display", "form"),
        Column("技术就绪度", "trl", "trl"),
        Column("公开", "on_offer", "on_offer"),
    ),
    buttons=False,
)
# Its own filter sorts it.
BOARD = Table(
    "榜单",
    (
        NUMBER,
        Column("榜题", "title"),
        Column("发榜单位", "owner_name"),
        Column("镇街（园区）", "district.name"),
        Column("技术领域", "tech_field.name"),
        Column("状态", "state_label"),
        Column("榜单金额", "bounty", money=True),
        Column("张榜时间", "opens_at"),
        Column("揭榜截止时间", "closes_at"),
    ),
    buttons=False,
)
ACHIEVEMENTS = Table(
    "成果",
    (
        NUMBER,
        Column("成果", "title", "title"),
        Column("完成单位", "unit_name"),
        FIELD,
        Column("体现形式", "get_form_display", "form"),
        Column("技术就绪度", "trl", "trl"),
        Column("转让方式", "transfer_modes"),
    ),
    buttons=False,
)
UNITS = Table(
    "单位",
    (
        NUMBER,
        Column("单位", "name", "name"),
        Column("性质", "get_kind_display", "kind"),
        Column("所在地", lambda unit: unit.district or unit.city),
        Column("产业链", "chain.name", "chain__name"),
        Column("主营业务", "main_business"),
        Column("资质", _titles),
    ),
    buttons=False,
)
RECORD = Table(
    "审计记录",
    (
        Column("时间", "at", "at"),
        Column("操作人", "actor_name", "actor_name"),
        Column("动作", "label", "label"),
        Column("对象类型", _kind, "thing_type"),
        Column("对象编号", "thing_id"),
        Column("原状态", lambda entry: line_of(entry)["came_from"]),
        Column("新状态", lambda entry: line_of(entry)["went_to"]),
        Column("意见", "note"),
    ),
    buttons=False,
)
APPRAISALS = Table(
    "论证需求",
    (
        Column("编号", "need.number"),
        Column("需求", "need.title", "need__title"),
        Column("单位", "need.owner_name"),
        Column("技术领域", "need.tech_field.name"),
        Column("应完成时间", "due_at", "due_at"),
        Column("提交时间", "submitted_at", "submitted_at"),
        Column("总分", "total", "total"),
    ),
    buttons=False,
)
JOBS = Table(
    "后台任务",
    (
        Column("任务", "title", "title"),
        Column("状态", "get_state_display", "state"),
        Column("提交时间", "created_at", "created_at"),
        Column("结束时间", "finished_at", "finished_at"),
        Column("进展", "message"),
    ),
    buttons=False,
)
MESSAGES = Table(
    "消息",
    (
        Column("时间", "told_at", "told_at"),
        Column("类别", "get_kind_display", "kind"),
        Column("标题", "subject"),
        Column("内容", "text"),
        Column("截止时间", "due", "due"),
        Column("阅读时间", "read_at", "read_at"),
    ),
    buttons=False,
)

CALLS = Table(
    "批次",
    (
        NUMBER,
        Column("批次", "name", "name"),
        only("征集范围", "scope"),
        Column("需求", "need_count", "need_count", money=True),
        Column("榜题", "challenge_count", "challenge_count", money=True),
    ),
    buttons=False,
)
UNCLAIMED = Table(
    "无人认领的需求",
    (
        NUMBER,
        Column("名称", "title", "title"),
        Column("单位", "owner_name"),
        FIELD,
        Column("榜单金额", "bounty", "bounty", money=True),
        Column("已等待（天）", _waited, "since"),
    ),
    buttons=False,
)
ENDORSEMENTS = Table(
    "推荐需求",
    (
        NUMBER,
        Column("需求", "title", "title"),
        Column("单位", "owner_name"),
        FIELD,
        Column("拟投入", "total_budget", "total_budget", money=True),
        STATE,
        Column("在此状态（天）", _waited, "since"),
    ),
    buttons=False,
)
LEDGER = Table(
    "存证记录",
    (
        Column("存证号", "number", "number"),
        Column("时间", "at", "at"),
        Column("类别", "get_kind_display", "kind"),
        Column("哈希", "digest"),
        Column("上一条哈希", "previous"),
    ),
    buttons=False,
)
INTEGRITY = Table(
    "诚信记录",
    (
        Column("编号", "number", "pk"),
        Column("单位或个人", "subject"),
        Column("处理", "get_sanction_display", "sanction"),
        Column("来源", "get_source_display", "source"),
        only("失信行为", "conduct"),
        only("文书编号", "document"),
        Column("自", "holds_from", "holds_from"),
        Column("至", "holds_until", "holds_until"),
        Column("状态", "state_label"),
        only("陈述申辩", "answer"),
    ),
    (
        "没有诚信记录",
        "科技局登记的失信行为会列在这里；生效期间，揭榜、中榜、受托和签约时逐一核对。",
    ),
    "shield",
    buttons=False,
)
CONTACTS = Table(
    "对接记录",
    (
        Column("对接日期", "held_on", "held_on"),
        Column("对接单位", "unit.name", "unit__name"),
        Column("方式", "get_way_display", "way"),
        Column("参加人员", "parties"),
        Column("结果", "outcome"),
        Column("下一步", "next_step"),
    ),
    buttons=False,
)
READINGS = Table(
    "查看记录",
    (
        Column("时间", "at", "at"),
        Column("查看人", "reader_name", "reader_name"),
        Column("所在单位", "unit_name", "unit_name"),
        Column("内容", "what"),
    ),
    buttons=False,
)
