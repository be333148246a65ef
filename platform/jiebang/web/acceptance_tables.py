"""The lists of acceptance and after: what their columns say."""

from typing import Any

from jiebang.contracts.states import MilestoneState
from jiebang.web.listing import Column, Table
from jiebang.web.tables import NUMBER, STATE


def only(label: str, value: Any, sort: str = "") -> Column:
    """Return a column of the file alone."""
    return Column(label, value, sort, shown=False)


def confirmed(contract: Any) -> str:
    """Return how many milestones of how many are confirmed."""
    stones = list(contract.milestones.all())
    done = sum(stone.state == MilestoneState.CONFIRMED for stone in stones)
    return f"{done}/{len(stones)} 个" if stones else ""


PORTFOLIO = Table(
    "项目总览",
    (
        NUMBER,
        Column("项目", "title", "title"),
        only("甲方", "poster.name"),
        only("乙方", "solver.name"),
        only("镇街（园区）", "poster.district.name"),
        STATE,
        Column("进度", confirmed),
        Column("资金", "amount", "amount", money=True),
        only("已申请", "drawn"),
        only("已拨付", "paid"),
        Column("下一个期限", "next_due", "next_due"),
        only("是否逾期", lambda c: bool(c.is_overdue)),
        only("开始日期", "starts_on", "starts_on"),
        only("结束日期", "ends_on", "ends_on"),
    ),
    ("没有符合条件的项目", "签订合同后，项目会列在这里，逾期的排在最前面。"),
    "contract",
    buttons=False,
)
ACCEPTANCES = Table(
    "验收",
    (
        NUMBER,
        Column("合同", "contract.title", "contract__title"),
        Column("承担单位", "contract.solver.name", "contract__solver__name"),
        STATE,
        Column("应申请日期", "due_on", "due_on"),
        Column("提交时间", "submitted_at", "submitted_at"),
        Column("结论", "get_conclusion_display"),
        only("需求方满意度", "get_satisfaction_display"),
    ),
    ("没有符合条件的验收", "合同生效后自动建立验收事项，到期前会提醒承担单位申请。"),
    "check",
    buttons=False,
)
ACCEPTANCE_NOTICES = Table(
    "验收公示",
    (
        NUMBER,
        Column("合同", "contract.title", "contract__title"),
        Column("承担单位", "contract.solver.name", "contract__solver__name"),
        Column("结论", "get_conclusion_display", "conclusion"),
        Column("公示截止", "notice_ends_on", "notice_ends_on"),
        STATE,
    ),
    buttons=False,
)
ASSESSMENTS = Table(
    "绩效评价",
    (
        NUMBER,
        Column("合同", "contract.title", "contract__title"),
        Column("承担单位", "contract.solver.name", "contract__solver__name"),
        STATE,
        Column("填报截止", "due_on", "due_on"),
        Column("得分", "score", "score", money=True),
        only("新增产值（万元）", "revenue", "revenue"),
        only("新增税收（万元）", "tax", "tax"),
        only("申请专利（件）", "patents"),
        only("制修订标准（项）", "standards"),
        only("新增就业（人）", "jobs"),
    ),
    ("没有符合条件的绩效评价", "验收通过后自动安排，到期提醒承担单位填报成效。"),
    "chart",
    buttons=False,
)
