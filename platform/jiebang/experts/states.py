"""The life of a seat on a panel and of a waiver, and the kinds of ties that bar an expert."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class Availability(models.TextChoices):
    """Whether an expert can be asked."""

    AVAILABLE = "available", "可以参加"
    AWAY = "away", "暂不参加"
    LEFT = "left", "已出库"


class TieKind(models.TextChoices):
    """What an expert's profile declares about others."""

    PAST_UNIT = "past_unit", "曾任职单位"
    COAUTHOR = "coauthor", "论文合作者"
    COINVENTOR = "coinventor", "共同发明人"
    DECLARED = "declared", "利害关系申报"


class EdgeKind(models.TextChoices):
    """Why an expert may not judge: the kinds of edges in the graph of conflicts."""

    SAME_UNIT = "same_unit", "同一单位"
    PAST_UNIT = "past_unit", "曾任职单位"
    RELATED_UNIT = "related_unit", "关联单位"
    COAUTHOR = "coauthor", "论文合作者"
    COINVENTOR = "coinventor", "共同发明人"
    PAST_CONTRACT = "past_contract", "近年合同往来"
    DECLARED = "declared", "利害关系申报"


class SeatOrigin(models.TextChoices):
    """How an expert came onto a panel."""

    DRAW = "draw", "随机抽取"
    SUBSTITUTE = "substitute", "抽取递补"
    ASSIGNMENT = "assignment", "统筹分派"
    HAND = "hand", "人工指定"


class SeatState(models.TextChoices):
    """Where a seat on a panel can be."""

    INVITED = "invited", "待答复"
    ACCEPTED = "accepted", "已接受"
    UNDERTAKEN = "undertaken", "已签承诺"
    DONE = "done", "评审完成"
    DECLINED = "declined", "已谢绝"
    LAPSED = "lapsed", "逾期未答复"
    RECUSED = "recused", "主动回避"
    BARRED = "barred", "应当回避"
    REMOVED = "removed", "已撤换"


class SeatAction(models.TextChoices):
    """What can be done with a seat."""

    ACCEPT = "accept", "接受邀请"
    UNDERTAKE = "undertake", "签署承诺"
    FINISH = "finish", "完成评审"
    DECLINE = "decline", "谢绝邀请"
    RECUSE = "recuse", "申报回避"
    LAPSE = "lapse", "逾期未答复"
    BAR = "bar", "因利害关系终止"
    REMOVE = "remove", "撤换"


class WaiverState(models.TextChoices):
    """Where an exception from a conflict can be."""

    PROPOSED = "proposed", "待复核"
    APPROVED = "approved", "已同意"
    REFUSED = "refused", "未同意"


class WaiverAction(models.TextChoices):
    """What a second officer can do with an exception."""

    APPROVE = "approve", "同意"
    REFUSE = "refuse", "不同意"


HELD = frozenset({SeatState.INVITED, SeatState.ACCEPTED, SeatState.UNDERTAKEN})
ON_PANEL = HELD | {SeatState.DONE}

SEAT = Workflow(
    SeatState,
    SeatAction,
    [
        Step(SeatAction.ACCEPT, SeatState.INVITED, SeatState.ACCEPTED),
        Step(SeatAction.UNDERTAKE, SeatState.ACCEPTED, SeatState.UNDERTAKEN),
        Step(SeatAction.FINISH, SeatState.UNDERTAKEN, SeatState.DONE),
        Step(SeatAction.DECLINE, SeatState.INVITED, SeatState.DECLINED, needs_note=True),
        Step(SeatAction.RECUSE, HELD, SeatState.RECUSED, needs_note=True),
        Step(SeatAction.LAPSE, SeatState.INVITED, SeatState.LAPSED),
        Step(SeatAction.BAR, HELD, SeatState.BARRED),
        Step(SeatAction.REMOVE, HELD, SeatState.REMOVED, needs_note=True),
    ],
)

WAIVER = Workflow(
    WaiverState,
    WaiverAction,
    [
        Step(WaiverAction.APPROVE, WaiverState.PROPOSED, WaiverState.APPROVED),
        Step(WaiverAction.REFUSE, WaiverState.PROPOSED, WaiverState.REFUSED, needs_note=True),
    ],
)
