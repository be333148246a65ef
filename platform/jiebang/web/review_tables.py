"""The lists of experts, panels, notices and objections: what their columns say."""

from jiebang.web.listing import Column, Table
from jiebang.web.tables import NUMBER, STATE, only

EXPERTS = Table(
    "专家库",
    (
        NUMBER,
        Column("专家", "user.display_name", "user__display_name"),
        only("职称", "title"),
        Column("所在单位", "unit_name", "unit_name"),
        Column("技术领域", lambda expert: "、".join(str(f) for f in expert.fields.all())),
        only("研究方向", "keywords"),
        Column("关系", lambda expert: len(expert.ties.all())),
        Column("在评", "load", "load"),
        Column("能否参加", "get_availability_display", "availability"),
        only("暂不参加至", "away_until"),
    ),
    ("没有符合条件的专家", "有评审专家角色的人员入库后会列在这里。"),
    "users",
    buttons=False,
)
SEATS = Table(
    "我的评审",
    (
        Column("榜题", "challenge.title", "challenge__title"),
        Column("产生方式", "get_origin_display", "origin"),
        STATE,
        Column("答复期限", "answer_by", "answer_by"),
        Column("评审期限", "review_by", "review_by"),
    ),
    buttons=False,
)
DRAWS = Table(
    "专家抽取",
    (
        NUMBER,
        Column("榜题", "challenge.title", "challenge__title"),
        Column("轮次", "round"),
        Column("抽取时间", "drawn_at", "drawn_at"),
        Column("随机种子", "seed"),
        Column("备选名单校验码", "pool_digest"),
        Column("重抽原因", "reason"),
    ),
    buttons=False,
)
NOTICES = Table(
    "中榜公示",
    (
        NUMBER,
        Column("榜题", "challenge.title", "challenge__title"),
        Column("发榜单位", "challenge.owner_name"),
        Column("拟中榜单位", lambda d: "、".join(str(c.proposal.lead) for c in d.choices.all())),
        Column("公示开始", "published_at", "published_at"),
        Column("公示截止", "notice_ends_on", "notice_ends_on"),
        STATE,
    ),
    ("没有公示", "集体审议登记后，拟中榜结果在这里公示。"),
    buttons=False,
)
OBJECTIONS = Table(
    "异议",
    (
        Column("编号", "number", "pk"),
        Column("榜题", "decision.challenge.title"),
        Column("异议单位", "unit.name", "unit__name"),
        only("实名", "signed_name"),
        Column("提出时间", "made_at", "made_at"),
        Column("答复期限", "reply_by", "reply_by"),
        STATE,
        only("答复", "reply"),
    ),
    ("没有异议", "公示期内提出的异议会列在这里。"),
    buttons=False,
)
RELATED = Table(
    "关联单位",
    (
        Column("单位", "one.name", "one__name"),
        Column("关联单位", "other.name", "other__name"),
        Column("依据", "basis"),
        Column("登记人", "recorded_by.display_name"),
    ),
    ("还没有登记关联单位", "母子公司、同一实际控制人的单位登记后，抽取专家时会自动回避。"),
    "building",
    buttons=False,
)
