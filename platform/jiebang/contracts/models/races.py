"""Several contracts for one challenge (赛马): their budgets, and the checkpoints that cut."""

from django.conf import settings
from django.db import models

from jiebang.challenges.models import Challenge
from jiebang.common.models import Prose
from jiebang.common.money import WanField
from jiebang.contracts import states
from jiebang.contracts.models.contract import Contract

LANES = ("lane_1", "lane_2", "lane_3")


class Race(models.Model):
    """The budgets of a challenge's lanes and the reserve: together always the cap."""

    challenge = models.OneToOneField(Challenge, models.PROTECT, related_name="race")
    cap = WanField("榜单金额（万元）")
    lane_1 = WanField("赛道一（万元）", default=0)
    lane_2 = WanField("赛道二（万元）", default=0)
    lane_3 = WanField("赛道三（万元）", default=0)
    reserve = WanField("未分配（万元）", default=0)

    class Meta:
        verbose_name = "赛马"
        constraints = [
            models.CheckConstraint(
                name="race_adds_up_to_its_cap",
                condition=models.Q(
                    cap=models.F("lane_1")
                    + models.F("lane_2")
                    + models.F("lane_3")
                    + models.F("reserve")
                ),
            ),
            models.CheckConstraint(
                name="race_budgets_not_negative",
                condition=models.Q(lane_1__gte=0, lane_2__gte=0, lane_3__gte=0, reserve__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} 赛马"


class Checkpoint(models.Model):
    """A day on which the contracts of a race are ranked, and how many go on."""

    LIFE = states.CHECKPOINT_LIFE

    race = models.ForeignKey(Race, models.PROTECT, related_name="checkpoints")
    position = models.PositiveSmallIntegerField("序号")
    title = models.CharField("检查点", max_length=80)
    due_on = models.DateField("检查日期")
    keep = models.PositiveSmallIntegerField("保留几家")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.CheckpointState,
        default=states.CheckpointState.PLANNED,
        editable=False,
    )
    ranked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        verbose_name = "赛马检查点"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["race", "position"], name="checkpoint_position_once"),
            models.UniqueConstraint(
                fields=["race"],
                name="checkpoint_one_open_a_race",
                condition=~models.Q(state="decided"),
            ),
            models.CheckConstraint(
                name="checkpoint_state_known",
                condition=models.Q(state__in=states.CheckpointState.values, keep__gte=1),
            ),
            models.CheckConstraint(
                name="checkpoint_decided_by_a_second_person",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("ranked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.race}：{self.title}"


class Standing(models.Model):
    """Where a contract came in at a checkpoint, and what that meant for it."""

    checkpoint = models.ForeignKey(Checkpoint, models.CASCADE, related_name="standings")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="standings")
    place = models.PositiveSmallIntegerField("名次")
    score = models.DecimalField("得分", max_digits=5, decimal_places=2)
    opinion = Prose("评价", max_length=1000)
    result = models.CharField("结果", max_length=10, choices=states.Result, blank=True)
    merged_into = models.ForeignKey(
        Contract, models.PROTECT, related_name="merged_standings", null=True, blank=True
    )
    freed = WanField("释放预算（万元）", default=0)

    class Meta:
        verbose_name = "赛马名次"
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "place"], name="standing_place_once"),
            models.UniqueConstraint(
                fields=["checkpoint", "contract"], name="standing_contract_once"
            ),
            models.CheckConstraint(
                name="standing_merged_into_another",
                condition=models.Q(result="merged", merged_into__isnull=False)
                | ~models.Q(result="merged") & models.Q(merged_into=None),
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.place} 名 {self.contract}"
