"""Districts, the tree of technical fields, and industry chains with their nodes.

A row whose line left the file stays, for what points at it, and is no longer offered: `active`.
"""

from django.db import models

IN_USE = models.Q(active=True)


class Reference(models.Model):
    """A line of the file: known by its code, shown by its name."""

    code = models.CharField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=40)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    active = models.BooleanField("启用", default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class District(Reference):
    """A town, subdistrict or park of the city; a unit without one sits outside the city."""

    class Kind(models.TextChoices):
        """What the district is."""

        TOWN = "town", "镇街"
        PARK = "park", "园区"

    kind = models.CharField("类别", max_length=8, choices=Kind)

    class Meta:
        verbose_name = "镇街（园区）"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=IN_USE, name="district_name_once"),
            models.CheckConstraint(
                name="district_kind_known", condition=models.Q(kind__in=["town", "park"])
            ),
        ]


class TechField(Reference):
    """A technical field: ten or so at the top, each with its branches, and no deeper."""

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="上级领域",
    )

    class Meta:
        verbose_name = "技术领域"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=IN_USE, name="tech_field_name_once"),
            models.CheckConstraint(
                name="tech_field_not_its_own_parent",
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
            ),
        ]

    @property
    def full_name(self) -> str:
        """Return the name with its parent's before it: `新材料 / 高分子材料`."""
        return f"{self.parent} / {self.name}" if self.parent else self.name


class FieldName(models.Model):
    """A name under which a field is met: its own, or one that other lists use; folded."""

    name = models.CharField("名称", max_length=40)
    field = models.ForeignKey(TechField, models.CASCADE, related_name="names")

    class Meta:
        verbose_name = "技术领域名称"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="field_name_once")]

    def __str__(self) -> str:
        return self.name


class IndustryChain(Reference):
    """An industry chain (产业链)."""

    class Meta:
        verbose_name = "产业链"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=IN_USE, name="chain_name_once")
        ]


class ChainNode(Reference):
    """A link of a chain (环节), and how far down the chain it lies."""

    class Stage(models.TextChoices):
        """How far down the chain."""

        UPSTREAM = "upstream", "上游"
        MIDSTREAM = "midstream", "中游"
        DOWNSTREAM = "downstream", "下游"

    chain = models.ForeignKey(
        IndustryChain, models.PROTECT, related_name="nodes", verbose_name="产业链"
    )
    stage = models.CharField("位置", max_length=10, choices=Stage)

    class Meta:
        verbose_name = "产业链环节"
        ordering = ["chain", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "name"], condition=IN_USE, name="node_name_once_a_chain"
            ),
            models.CheckConstraint(
                name="node_stage_known",
                condition=models.Q(stage__in=["upstream", "midstream", "downstream"]),
            ),
        ]
