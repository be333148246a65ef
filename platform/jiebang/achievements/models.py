"""Results that a unit offers: what the matcher holds against the needs."""

from django.conf import settings
from django.db import models

from jiebang.common.models import Numbered, Prose
from jiebang.organizations.models import Organization
from jiebang.taxonomy.models import TechField


class Achievement(Numbered):
    """A unit's result offered for transfer (科技成果), public while it is on offer.

    An imported one keeps the name its source gives (`source_unit`), the address and the licence.
    """

    PREFIX = "CG"

    class Form(models.TextChoices):
        """In what form there is something to see (体现形式)."""

        PATENT = "patent", "专利"
        PROTOTYPE = "prototype", "样机"
        PROCESS = "process", "工艺"
        MATERIAL = "material", "材料"
        SOFTWARE = "software", "软件"
        PAPER = "paper", "论文"
        TEAM = "team", "团队"
        OTHER = "other", "其他"

    owner = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="achievements",
        verbose_name="完成单位",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    on_offer = models.BooleanField("公开", default=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    title = models.CharField("成果名称", max_length=200)
    tech_field = models.ForeignKey(
        TechField, models.PROTECT, null=True, blank=True, verbose_name="技术领域"
    )
    keywords = models.CharField("关键词", max_length=300, blank=True)
    summary = Prose("成果简介", max_length=4000)
    form = models.CharField("体现形式", max_length=10, choices=Form, default=Form.OTHER)
    trl = models.PositiveSmallIntegerField("技术就绪度", null=True, blank=True)
    transfer_modes = models.CharField("转让方式", max_length=60, blank=True)
    patents = models.CharField("专利授权号", max_length=120, blank=True)
    price_band = models.CharField("价格区间", max_length=40, blank=True)
    source_unit = models.CharField("来源单位", max_length=120, blank=True)
    source_url = models.URLField("来源网址", max_length=400, blank=True)
    licence = models.CharField("许可", max_length=80, blank=True)
    source_key = models.CharField("来源编号", max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = "科技成果"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_key"],
                condition=~models.Q(source_key=""),
                name="achievement_source_once",
            ),
            models.CheckConstraint(
                name="achievement_trl_in_range",
                condition=models.Q(trl=None) | models.Q(trl__range=(1, 9)),
            ),
            models.CheckConstraint(
                name="achievement_has_a_unit",
                condition=~models.Q(owner=None, source_unit=""),
            ),
        ]
        indexes = [models.Index(fields=["owner", "-id"], name="achievement_of_a_unit")]

    def __str__(self) -> str:
        return self.title

    @property
    def unit_name(self) -> str:
        """Return whose it is: the unit here, or the name its source gives."""
        return self.owner.name if self.owner else self.source_unit

    @property
    def keyword_list(self) -> list[str]:
        """Return the keywords one by one."""
        return [word for word in self.keywords.replace("，", ",").split(",") if word.strip()]
