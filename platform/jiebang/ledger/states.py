"""What kinds of facts the ledger keeps."""

from django.db import models


class Kind(models.TextChoices):
    """The kinds of facts; the public reads the kind, the facts are for those concerned."""

    DECISION = "decision", "决定"
    NOTICE = "notice", "公示公告"
    BID = "bid", "揭榜"
    SCORE = "score", "评分"
    CONTRACT = "contract", "合同"
    PAYMENT = "payment", "拨付"
