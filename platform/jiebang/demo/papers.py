"""The papers that the demo city's units hand in: short PDFs with their title and date."""

import io

from jiebang.acceptance.models import Acceptance
from jiebang.acceptance.queries import rules_of
from jiebang.acceptance.states import Paper as Kind
from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.files import services as files
from jiebang.papers import pdf
from jiebang.papers.blocks import Paper, Paragraph, facts


def hand_in(acceptance: Acceptance, actor: User) -> None:
    """Put the required papers into their places."""
    contract, today = acceptance.contract, clock.today()
    for code in rules_of(contract.call).papers:
        label = str(Kind(code).label)
        about = [("合同", contract.title), ("编号", contract.number), ("日期", f"{today:%Y-%m-%d}")]
        text = f"本报告为演示材料，记载“{contract.title}”的{label}要点。"
        made = Paper(label, [facts(about), Paragraph(text)], subtitle=contract.solver.name)
        files.attach(
            thing=acceptance,
            slot=code,
            upload=io.BytesIO(pdf.write(made)),
            name=f"{label}.pdf",
            actor=actor,
        )
