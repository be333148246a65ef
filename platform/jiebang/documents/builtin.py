"""The templates the platform begins with: Word files that a bureau takes, edits and gives back."""

from functools import cache

from jiebang.documents.states import TemplateKind
from jiebang.papers import word
from jiebang.papers.blocks import (
    Block,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Signatures,
    Table,
    facts,
)


@cache
def template(kind: str) -> bytes:
    """Return the built-in template of this kind, as Word."""
    return word.write(_paper(TemplateKind(kind)))


def _rows(name: str, *columns: str) -> list[tuple[str, ...]]:
    """Return the three rows that the filling takes for a list: begin, one line, end."""
    rest = ("",) * (len(columns) - 1)
    begin, end = f"{{%tr for row in {name} %}}", "{%tr endfor %}"
    return [(begin, *rest), tuple(f"{{{{ row.{each} }}}}" for each in columns), (end, *rest)]


def _each(name: str) -> list[Block]:
    """Return the paragraphs that the filling takes for a list of texts."""
    begin, end = f"{{%p for line in {name} %}}", "{%p endfor %}"
    return [Paragraph(begin), Paragraph("{{ line }}"), Paragraph(end)]


def _if(name: str, *blocks: Block) -> list[Block]:
    """Return the blocks so that the filling leaves them out where the list is empty."""
    return [Paragraph(f"{{%p if {name} %}}"), *blocks, Paragraph("{%p endif %}")]


def _party(side: str, name: str) -> Table:
    return facts(
        [
            (side, f"{{{{ {name}.name }}}}"),
            ("统一社会信用代码", f"{{{{ {name}.uscc }}}}"),
            ("法定代表人", f"{{{{ {name}.legal_person }}}}"),
            ("通讯地址", f"{{{{ {name}.address }}}}"),
            ("联系人", f"{{{{ {name}.contact }}}}"),
        ]
    )


def _paper(kind: TemplateKind) -> Paper:
    origin = (
        "经公开张榜、揭榜评审和公示，三方就下列攻关任务订立本合同。"
        if kind == TemplateKind.CONTRACT
        else "经定向委托论证、集体决策和公示，三方就下列攻关任务订立本任务书。"
    )
    return Paper(
        "{{ title }}",
        [
            facts(
                [
                    ("合同文号", "{{ contract_no }}"),
                    ("平台编号", "{{ number }}（第 {{ version }} 版）"),
                    ("签订日期", "{{ dated_on }}"),
                    ("合同期限", "{{ term }}"),
                ]
            ),
            _party("甲方（发榜方）", "poster"),
            _party("乙方（揭榜方）", "solver"),
            facts([("丙方（管理单位）", "{{ bureau.name }}")]),
            Heading("第一条　攻关任务"),
            Paragraph(origin),
            Table(("编号", "任务名称"), _rows("needs", "number", "title"), shares=(0.28, 0.72)),
            Heading("第二条　技术指标"),
            Table(
                ("序号", "指标", "要求", "乙方承诺", "测试方法"),
                _rows("indicators", "n", "name", "asked", "promised", "method"),
                shares=(0.08, 0.26, 0.22, 0.22, 0.22),
            ),
            Heading("第三条　进度与里程碑"),
            Table(
                ("序号", "里程碑", "目标", "应完成日期", "拨付金额", "佐证材料", "未完成的后果"),
                _rows(
                    *("milestones", "n", "title", "goal", "due", "tranche", "evidence"),
                    "consequence",
                ),
                shares=(0.07, 0.15, 0.2, 0.16, 0.15, 0.14, 0.13),
                right=frozenset({4}),
            ),
            Heading("第四条　经费"),
            Paragraph("合同总金额{{ amount }}（{{ amount_words }}）。"),
            Paragraph("其中财政补助{{ grant }}（{{ grant_words }}）。"),
            Paragraph("乙方自筹{{ self_raised }}，配套资金{{ matching }}。"),
            Paragraph("经费按里程碑确认后申请、审批、拨付，专款专用，单独核算。"),
            *_if(
                "budget",
                Table(
                    ("预算科目", "金额"),
                    _rows("budget", "item", "amount"),
                    shares=(0.6, 0.4),
                    right=frozenset({1}),
                ),
            ),
            Heading("第五条　知识产权与保密"),
            *_each("ip_lines"),
            Paragraph("各方对履行中知悉的他方技术秘密和经营信息负有保密义务，合同终止后继续有效。"),
            Heading("第六条　交付与验收"),
            *_each("deliverables"),
            Paragraph("验收方式：{{ acceptance }}。"),
            Heading("第七条　变更、延期与终止"),
            Paragraph(
                "变更或延期由乙方书面提出并说明理由，甲方同意、丙方审定后生效；"
                "审定前按原合同履行，同一时间只办理一项申请。"
            ),
            Paragraph(
                "合同终止或撤销的，自决定之日起清算：已拨未用和使用不合规定的财政资金退回，"
                "已形成的成果按第五条处理。"
            ),
            Heading("第八条　争议解决"),
            Paragraph("履行中的争议由各方协商，协商不成的向合同签订地人民法院起诉。"),
            Signatures(("甲方", "乙方", "丙方")),
            *_if(
                "pledges",
                PageBreak(),
                Heading("附件　军令状"),
                Paragraph(
                    "乙方责任人{{ signatories }}就本项目约束性指标立此军令状，"
                    "到期未达到的，按下表承担后果。"
                ),
                Table(
                    ("序号", "指标", "要求", "未达到的后果", "约定", "责任人"),
                    _rows(
                        *("pledges", "n", "indicator", "asked", "consequence", "text", "signatory")
                    ),
                    shares=(0.08, 0.2, 0.18, 0.22, 0.2, 0.12),
                ),
            ),
        ],
    )
