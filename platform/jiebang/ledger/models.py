"""The chain: every record carries the hash of the one before it."""

from django.db import models

from jiebang.common import clock
from jiebang.ledger import states


class Record(models.Model):
    """One fact, written once and never changed.

    `facts` is canonical JSON as it was hashed: what was said, what the columns of the thing
    held (`columns`), and rows that may never change again (`fixed`). `salt` keeps those who
    read only the hash from guessing the facts.
    """

    number = models.BigIntegerField("存证号", primary_key=True)
    at = models.DateTimeField("时间", default=clock.now)
    kind = models.CharField("类别", max_length=10, choices=states.Kind)
    about_type = models.CharField("对象类型", max_length=60)
    about_id = models.BigIntegerField("对象编号")
    salt = models.CharField("随机数", max_length=32)
    facts = models.TextField("事实")
    previous = models.CharField("上一条哈希", max_length=64)
    digest = models.CharField("哈希（SHA-256）", max_length=64, unique=True)

    class Meta:
        verbose_name = "存证记录"
        ordering = ["number"]
        indexes = [
            models.Index(fields=["about_type", "about_id", "number"], name="ledger_of_a_thing")
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 号存证"


class Head(models.Model):
    """The end of the chain: the one row that everybody who writes must hold."""

    number = models.BigIntegerField("最后存证号", default=0)
    digest = models.CharField("最后哈希", max_length=64)

    class Meta:
        verbose_name = "存证链尾"

    def __str__(self) -> str:
        return f"链尾 {self.number}"
