"""How the document calls things: parts of the platform, ways, things and their states."""

from django.apps import apps

from jiebang.batches.deeds import Code

WAYS = {
    "GET": "看",
    "POST": "交",
    "PUT": "改",
    "PATCH": "改",
    "DELETE": "删",
    "导出": "导出表格",
}
KINDS = {
    "deed": "勾选的各项",
    "acceptance": "验收",
    "assessment": "绩效评价",
    "dossier": "验收",
    "calendar": "日历（揭榜方管理员的）",
    "paneldraw": "验收专家抽取",
    "panelseat": "验收席位",
    "track": "履约记录（揭榜方的）",
    "achievement": "成果",
    "appraisal": "论证",
    "attachment": "附件",
    "award": "中榜决定",
    "call": "批次",
    "challenge": "榜题",
    "commission": "定向委托",
    "commission_objection": "定向委托异议",
    "commission_opinion": "定向委托专家意见",
    "contract": "合同",
    "decision": "定榜建议",
    "draftpaper": "合同现稿",
    "draw": "抽取",
    "edition": "词典版本",
    "expert": "专家（本人）",
    "fit": "口径测算",
    "holder": "需求",
    "finalpaper": "合同定稿",
    "casefile": "揭榜书",
    "reviewed": "榜题",
    "inquiry": "核查记录",
    "import": "导入",
    "integrity": "诚信记录（揭榜方的）",
    "invitation": "邀请",
    "job": "后台任务",
    "ledger": "存证",
    "match": "匹配",
    "membership": "成员",
    "message": "消息（揭榜方管理员的）",
    "milestone": "里程碑",
    "payment": "拨付",
    "checkpoint": "赛马检查点",
    "opinion": "阶段检查（本人）",
    "race": "赛马",
    "request": "合同申请",
    "settlement": "结算",
    "terms": "合同版本",
    "asking": "合同（实施中）的申请",
    "need": "需求",
    "opening": "应急开启",
    "notice": "拟发榜公示",
    "objection": "异议",
    "ocds": "开放合同记录",
    "offer": "收到的邀请",
    "party": "联合体成员",
    "partner": "发出的联合体邀请",
    "partnership": "收到的联合体邀请",
    "late": "逾期许可",
    "proposal": "揭榜书",
    "question": "提问",
    "receipt": "回执",
    "record": "存证",
    "rule": "批次规则",
    "secret": "榜题",
    "seat": "评审席位",
    "signedcopy": "签署件",
    "tab": "已办",
    "template": "合同模板",
    "templatefile": "合同模板",
    "templatekind": "合同模板",
    "token": "令牌（经办的）",
    "tuning": "匹配口径版本",
    "unbid": "榜题",
    "unit": "单位",
    "version": "需求版本",
    "waiver": "回避例外",
    "word": "词条",
}
LIVES = {
    "acceptance": "acceptance.Acceptance",
    "assessment": "acceptance.Assessment",
    "dossier": "acceptance.Acceptance",
    "panelseat": "acceptance.Member",
    "challenge": "challenges.Challenge",
    "commission": "commissions.Commission",
    "commission_objection": "commissions.Objection",
    "contract": "contracts.Contract",
    "decision": "awards.Decision",
    "milestone": "contracts.Milestone",
    "payment": "contracts.Payment",
    "integrity": "integrity.IntegrityRecord",
    "checkpoint": "contracts.Checkpoint",
    "request": "contracts.ChangeRequest",
    "settlement": "contracts.Settlement",
    "objection": "awards.Objection",
    "opening": "openings.Opening",
    "need": "library.TechNeed",
    "late": "proposals.LatePermission",
    "proposal": "proposals.Proposal",
    "seat": "experts.Seat",
    "unit": "organizations.Organization",
    "waiver": "experts.Waiver",
}
# States that are not a workflow's, or say more than it does.
STATES = {
    "reckoned": "已算完",
    "change": "变更",
    "extension": "延期",
    "termination": "终止",
    "revocation": "撤销",
    "admitted": "入围后可看",
    "pledged": "承诺后可看",
    "any": "",
    "done": "已完成",
    "draft": "草稿",
    "editor": "编辑",
    "first": "第 1 版",
    "hidden": "未公开",
    "made": "已作出",
    "closed": "已截止",
    "open": "进行中",
    "opened": "已提交，已截止",
    "own": "",
    "partner": "参与单位",
    "waiting": "待答复",
    "pooled": "",
    "public": "已公开",
    "published": "已公布",
    "queued": "排队中",
    "running": "公示中",
    "sealed": "已提交，未截止",
    "submitted": "已提交",
    "unread": "未读",
    "withdrawn": "已撤回",
}


def thing_name(thing):
    """Return what a line is about and how it stands: `需求（草稿）`."""
    kind, _, label = thing.partition(".")
    if not kind:
        return "—"
    life = life_of(kind)
    if kind == "deed":
        return f"{KINDS[kind]}（{Code(label).label}）"
    special = kind == "proposal" and label in ("sealed", "opened")
    if life and label in life.states.values and not special:
        state = str(life.states(label).label)
    else:
        state = STATES.get(label, label)
    return f"{KINDS.get(kind, kind)}（{state}）" if state else KINDS.get(kind, kind)


def way_name(line):
    """Return how a door is used: `看`, `交`, `办理：提交`."""
    method, _, action = line.method.partition(" ")
    life = life_of(line.thing.partition(".")[0])
    if action and life:
        return f"办理：{life.actions(action).label}"
    return WAYS[method]


def life_of(kind):
    """Return the workflow of a kind of thing, or None."""
    return apps.get_model(LIVES[kind]).LIFE if kind in LIVES else None
