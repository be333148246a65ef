"""What is held against somebody in the city, and what they say to it."""

from datetime import timedelta

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.demo.content import day
from jiebang.demo.founding import unit, writer_of
from jiebang.integrity import services

ENTERED, ANSWERED = -40, -2
WHOM = "suinan"


def tell(officer: User) -> None:
    """Let the bureau warn the solver of a contract that was ended, and the solver answer."""
    with clock.telling(day(ENTERED)):
        record = services.enter(
            actor=officer,
            data={
                "unit": unit(WHOM),
                "conduct": "上一批次合同的中试节点逾期六个月未完成，合同终止，结余已收回。",
                "sanction": "warning",
                "source": "contract",
                "document": "终止协议",
                "holds_from": clock.today(),
                "holds_until": clock.today() + timedelta(days=365),
            },
        )
    with clock.telling(day(ANSWERED)):
        services.answer(
            record=record,
            actor=writer_of(unit(WHOM)),
            text="逾期因关键原料停产所致，已按约退回结余经费并移交全部数据，请予复核。",
        )
