"""The receipt of a submission as a paper: what was handed in, file by file, and the hashes."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import QuerySet

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.common.dates import moment
from jiebang.common.errors import NotFound
from jiebang.files.models import Attachment
from jiebang.papers import blocks, forms
from jiebang.papers.blocks import Block, Heading, Paper, Paragraph, Table
from jiebang.papers.forms import File
from jiebang.proposals import queries
from jiebang.proposals.models import Receipt

NOTE = (
    "校验码由提交的全部内容计算得出，附件清单和每份附件的校验码也在其中；内容有任何改动，"
    "校验码都会不同。每次提交都有新的回执，以最新一版为准。"
)


class HandedIn(NamedTuple):
    """One file as it was handed in."""

    slot: str
    name: str
    version: int
    size: int
    sha256: str
    confidential: bool


def files_of(receipt: Receipt) -> list[HandedIn]:
    """Return the files that the receipt proves, by their places' names. One query."""
    kind, key = receipt.proposal._meta.label_lower, receipt.proposal_id
    rows = Attachment.objects.filter(holder_type=kind, holder_id=key)
    labels = dict(rows.values_list("slot", "slot_label"))
    return [
        HandedIn(
            labels.get(row["slot"], row["slot"]),
            *(row[name] for name in ("name", "version", "size", "sha256", "confidential")),
        )
        for row in receipt.content.get("files", ())
    ]


def visible_to(reader: User) -> QuerySet[Receipt]:
    """Return the receipts of the solutions that the reader's units lead or take part in."""
    mine = queries.mine(reader).order_by().values("pk")
    parts = ("proposal__challenge", "proposal__lead", "submitted_by", "permission")
    return Receipt.objects.filter(proposal__in=mine).select_related(*parts)


def newest_of(*, reader: User, pk: int) -> Receipt:
    """Return the newest receipt of a solution; raises NotFound for who is not of its units."""
    receipt = visible_to(reader).filter(proposal=pk).order_by("-version").first()
    if receipt is None:
        raise NotFound("这份揭榜书还没有回执，或者您无权查看")
    return receipt


def give(receipt: Receipt) -> File:
    """Give a receipt out as PDF."""
    paper = Paper(
        title="揭榜回执",
        subtitle=receipt.number,
        blocks=list(_blocks(receipt)),
        foot=f"回执 {receipt.number}",
    )
    return forms.written(paper, "pdf", f"揭榜回执 {receipt.number}")


def _blocks(receipt: Receipt) -> Iterator[Block]:
    bid, permission = receipt.proposal, receipt.permission
    at = clock.local(receipt.submitted_at)
    yield blocks.facts(
        [
            ("榜题", f"{bid.challenge.number}　{bid.challenge.title}"),
            ("牵头单位", f"{bid.lead.name}（{bid.lead.uscc}）"),
            ("揭榜书编号", f"{bid.number}，第 {receipt.version} 版"),
            ("提交人", receipt.submitted_by.display_name),
            ("提交时间", f"{at:%Y-%m-%d %H:%M:%S}（北京时间，以服务器为准）"),
            *(
                [("逾期经批准", f"{permission.number}，可提交至 {moment(permission.until)}")]
                if permission
                else []
            ),
            ("揭榜截止", moment(bid.challenge.closes_at)),
            ("内容校验码", receipt.digest),
        ]
    )
    yield Heading("附件清单")
    if files := files_of(receipt):
        yield Table(
            ("材料", "文件", "版本", "校验码（SHA-256）"),
            [(f.slot, f.name, f"第 {f.version} 版", f.sha256) for f in files],
            shares=(0.16, 0.3, 0.12, 0.42),
        )
    else:
        yield Paragraph("没有附件。")
    yield Paragraph(NOTE)
