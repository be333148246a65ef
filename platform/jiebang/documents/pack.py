"""The pack for registering a technology contract: the form, the text, the signed copies."""

import io
import zipfile

from jiebang.common.errors import WrongState
from jiebang.common.money import in_wan, in_words
from jiebang.contracts.models import Contract
from jiebang.documents import facts, queries
from jiebang.documents.models import Registration
from jiebang.files import store
from jiebang.papers import pdf, word
from jiebang.papers.blocks import Heading, Paper, Paragraph, Signatures, Table
from jiebang.papers.blocks import facts as table_of

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same pack has the same bytes


def of(contract: Contract) -> bytes:
    """Return the pack as ZIP; refused before the registration's facts are entered."""
    registration = queries.registration_of(contract)
    text = queries.current(contract)
    if registration is None or text is None:
        raise WrongState("请先填写登记信息，并生成合同文本", code="registration_missing")
    form = paper(contract, registration)
    parts = [
        ("01-技术合同登记表.docx", word.write(form)),
        ("01-技术合同登记表.pdf", pdf.write(form)),
        ("02-合同文本.docx", store.path_of(text.word.digest).read_bytes()),
        ("02-合同文本.pdf", store.path_of(text.pdf.digest).read_bytes()),
    ]
    for n, copy in enumerate(text.copies.all(), 3):
        ending = copy.name.rpartition(".")[2]
        name = f"{n:02d}-{copy.get_side_display()}签署件.{ending}"
        parts.append((name, store.path_of(copy.digest).read_bytes()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            package.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return out.getvalue()


def paper(contract: Contract, registration: Registration) -> Paper:
    """Return the registration form."""
    said = facts.of(contract)
    return Paper(
        "技术合同登记表",
        [
            table_of(
                [
                    ("合同名称", contract.title),
                    ("合同文号", contract.contract_no or contract.number),
                    ("合同类别", str(registration.get_category_display())),
                    ("签订日期", said["dated_on"]),
                    ("履行期限", said["term"]),
                    ("合同成交总额", f"{said['amount']}（{said['amount_words']}）"),
                    (
                        "其中技术交易额",
                        f"{in_wan(registration.technical_amount)}"
                        f"（人民币{in_words(registration.technical_amount)}）",
                    ),
                    ("其中财政补助", f"{said['grant']}（{said['grant_words']}）"),
                    ("认定登记编号", registration.number or "（登记机构填写）"),
                ]
            ),
            Heading("买方（委托方）", 2),
            _party(said["poster"]),
            Heading("卖方（受托方）", 2),
            _party(said["solver"]),
            Heading("技术内容", 2),
            Table(
                ("任务编号", "任务名称"),
                [(row["number"], row["title"]) for row in said["needs"]],
                shares=(0.3, 0.7),
            ),
            Heading("知识产权", 2),
            *(Paragraph(line) for line in said["ip_lines"]),
            Signatures(("卖方", "登记机构")),
        ],
        foot=contract.number,
    )


def _party(unit: dict[str, str]) -> Table:
    names = ("单位名称", "统一社会信用代码", "法定代表人", "通讯地址", "联系人")
    return table_of(list(zip(names, unit.values(), strict=True)))
