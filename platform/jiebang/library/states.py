"""The life of a need, from draft into the library of core-technology projects."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class State(models.TextChoices):
    """Where a need can be. Logic reads the value; people read the label."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待归口推荐"
    ENDORSED = "endorsed", "待形式审查"
    APPRAISAL = "appraisal", "专家论证中"
    IN_LIBRARY = "in_library", "已入库"
    POSTED = "posted", "已张榜"
    COMMISSIONED = "commissioned", "定向委托中"
    EXITED = "exited", "已出库"
    RETURNED = "returned", "退回修改"
    REJECTED = "rejected", "不予入库"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已失效"


class Action(models.TextChoices):
    """What can be done to one."""

    SUBMIT = "submit", "提交"
    ENDORSE = "endorse", "推荐"
    PASS_CHECK = "pass_check", "形式审查通过"
    ADMIT = "admit", "批准入库"
    RETURN = "return", "退回修改"
    REJECT = "reject", "不予入库"
    WITHDRAW = "withdraw", "撤回"
    LAPSE = "lapse", "到期失效"
    POST = "post", "张榜"
    COMMISSION = "commission", "转定向委托"
    TAKE_BACK = "take_back", "回库"
    EXIT = "exit", "出库"


EDITABLE = frozenset({State.DRAFT, State.RETURNED})
UNDER_SCREENING = frozenset({State.SUBMITTED, State.ENDORSED, State.APPRAISAL})
# Steps that follow from what happens to challenge or commission; no one takes them by themselves.
BY_CHALLENGE = frozenset({Action.POST, Action.COMMISSION, Action.TAKE_BACK, Action.EXIT})
BUSY = frozenset({State.POSTED, State.COMMISSIONED})
# The funnel: what ever entered the library, and what was ever handed in.
ADMITTED = BUSY | {State.IN_LIBRARY, State.EXITED, State.LAPSED}
COLLECTED = frozenset(State) - {State.DRAFT, State.WITHDRAWN}

LIFE = Workflow(
    State,
    Action,
    [
        Step(Action.SUBMIT, EDITABLE, State.SUBMITTED),
        Step(Action.ENDORSE, State.SUBMITTED, State.ENDORSED),
        Step(Action.PASS_CHECK, State.ENDORSED, State.APPRAISAL),
        Step(Action.ADMIT, State.APPRAISAL, State.IN_LIBRARY, needs_note=True),
        Step(Action.RETURN, UNDER_SCREENING, State.RETURNED, needs_note=True),
        Step(Action.REJECT, {State.ENDORSED, State.APPRAISAL}, State.REJECTED, needs_note=True),
        Step(Action.WITHDRAW, EDITABLE | {State.SUBMITTED}, State.WITHDRAWN),
        Step(Action.LAPSE, State.IN_LIBRARY, State.LAPSED),
        Step(Action.POST, State.IN_LIBRARY, State.POSTED),
        Step(Action.COMMISSION, State.IN_LIBRARY, State.COMMISSIONED),
        Step(Action.TAKE_BACK, BUSY, State.IN_LIBRARY),
        Step(Action.EXIT, BUSY, State.EXITED),
    ],
)


class Comparator(models.TextChoices):
    """How a measured value is held against the wanted one."""

    AT_LEAST = ">=", "≥"
    AT_MOST = "<=", "≤"
    EQUAL = "=", "＝"
    RANGE = "range", "区间"
    TEXT = "text", "定性"


class SolveMode(models.TextChoices):
    """How the firm wants it solved (解决方式)."""

    COMMISSION = "commission", "委托开发"
    COOPERATE = "cooperate", "合作开发"
    TRANSFER = "transfer", "技术转让或许可"
    INVEST = "invest", "技术入股"
    OTHER = "other", "其他"


class ActivityType(models.TextChoices):
    """What kind of work it is (科技活动类型)."""

    BASIC = "basic", "基础研究"
    APPLIED = "applied", "应用研究"
    EXPERIMENTAL = "experimental", "试验发展"
    APPLICATION = "application", "成果应用"


class Secrecy(models.TextChoices):
    """Who may read the text of a need (密级)."""

    PUBLIC = "public", "公开"
    MATCHED = "matched", "限对接方"
    PLEDGED = "pledged", "签署保密承诺后可看"
    ADMITTED = "admitted", "入围并签署保密承诺后可看"


class Ownership(models.TextChoices):
    """Who owns what comes out (知识产权归属); the need adds words of its own."""

    POSTER = "poster", "归发榜方"
    SOLVER = "solver", "归揭榜方"
    SHARED = "shared", "双方共有"
    AGREED = "agreed", "另行约定"


class AcceptanceMethod(models.TextChoices):
    """How the result will be accepted (验收方式)."""

    MEETING = "meeting", "会议验收"
    ON_SITE = "on_site", "现场验收"
    REAL_SCENE = "real_scene", "真实场景验证"
    LAB = "lab", "第三方检测"


class RuleCode(models.TextChoices):
    """The numbers that a call sets; each is a row that an officer can change."""

    MIN_BUDGET = "min_budget", "最低投入（万元）"
    MAX_GRANT = "max_grant", "财政补助上限（万元）"
    MAX_GRANT_SHARE = "max_grant_share", "财政补助占比上限（%）"
    MIN_INDICATORS = "min_indicators", "技术指标最少项数"
    MIN_CORE_INDICATORS = "min_core_indicators", "约束性指标最少项数"
    MAX_TERM_MONTHS = "max_term_months", "实施期限上限（月）"
    MIN_BIDDING_DAYS = "min_bidding_days", "揭榜期最短天数"
    APPRAISALS_REQUIRED = "appraisals_required", "论证专家最少人数"
    PASS_MARK = "pass_mark", "论证通过分数"
    AWARD_REASON_MIN_LENGTH = "award_reason_min_length", "中榜理由最少字数"
    FIRST_PAYMENT_MIN_SHARE = "first_payment_min_share", "首笔拨付最低比例（%）"
    REQUIRE_IP_TERMS = "require_ip_terms", "须约定知识产权（1 是，0 否）"
    VALID_MONTHS = "valid_months", "入库有效期（月）"
    INTENT_NOTICE_DAYS = "intent_notice_days", "拟发榜公示天数"
    AMENDMENT_EXTENSION_DAYS = "amendment_extension_days", "变更后揭榜期顺延工作日数"
    QUESTIONS_END_DAYS = "questions_end_days", "提问在揭榜截止前几天结束"
    BID_FILES_LISTED = "bid_files_listed", "截止后公开揭榜材料清单（1 是，0 否）"
    COMMISSION_REASON_LENGTH = "commission_reason_length", "定向委托理由最少字数"
    COMMISSION_OPINIONS = "commission_opinions", "定向委托须有的专家意见数"
    COMMISSION_YEARS = "commission_years", "定向委托集中度统计年数"
    COMMISSION_COUNT_SHARE = "commission_count_share", "同一单位定向委托项数占比上限（%）"
    COMMISSION_MONEY_SHARE = "commission_money_share", "同一单位定向委托金额占比上限（%）"
    COMMISSION_RELATED_BARRED = "commission_related_barred", "关联单位不得受托（1 是，0 否）"
    COMMISSION_MEMBERS = "commission_members", "定向委托集体审议最少人数"
    COMMISSION_NOTICE_DAYS = "commission_notice_days", "定向委托公示期（工作日）"
    COMMISSION_REPLY_DAYS = "commission_reply_days", "定向委托异议答复期限（工作日）"
    COMMISSION_TEXT_LENGTH = "commission_text_length", "定向委托异议和答复最少字数"
    TRANCHE_MAX_SHARE = "tranche_max_share", "单个里程碑拨付最高比例（%）"
    UPFRONT_MAX_SHARE = "upfront_max_share", "合同生效即可申请的最高比例（%）"
    RACE_START_SHARE = "race_start_share", "赛马启动经费最低比例（%）"
    OWN_TO_GRANT_RATIO = "own_to_grant_ratio", "自筹与财政补助最低比例（倍）"
    STAGE_CHECKS_MOST = "stage_checks_most", "专家阶段检查最多次数"
    EXTENSIONS_MOST = "extensions_most", "合同延期最多次数"
    EXTENSION_MAX_MONTHS = "extension_max_months", "合同延期最长（月）"
    EXTENSION_NOTICE_MONTHS = "extension_notice_months", "合同延期须提前几个月申请"
    REQUIRE_BID_TABLES = "require_bid_tables", "揭榜书须填预算、团队、进度表（1 是，0 否）"
    MAX_TIME_SHARE = "max_time_share", "同一人员投入各揭榜书工时合计上限（%）"
    MAX_PARTNERS = "max_partners", "联合体参与单位上限（不含牵头单位）"
    MIN_UNITS = "min_units", "联合体单位最少家数（含牵头单位）"
    REQUIRE_HOST_UNIT = "require_host_unit", "市外牵头须有本市依托单位（1 是，0 否）"
    ALLOW_RELATED_BIDDERS = "allow_related_bidders", "发榜方关联单位可以揭榜（1 是，0 否）"
    ALLOW_MANY_CONSORTIA = "allow_many_consortia", "一家单位可参加同一榜题多个联合体（1 是，0 否）"


class WindowKind(models.TextChoices):
    """What a call allows during which time."""

    COLLECTION = "collection", "需求征集"
    BIDDING = "bidding", "揭榜"
