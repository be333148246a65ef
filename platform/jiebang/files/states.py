"""The life of a stored file: looked at by the malware scanner before it counts."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class Scan(models.TextChoices):
    """What is known of a file's harmlessness."""

    PENDING = "pending", "等待查毒"
    CLEAN = "clean", "查毒通过"
    INFECTED = "infected", "发现病毒，已隔离"
    UNSCANNED = "unscanned", "未查毒"


class ScanAction(models.TextChoices):
    """What a look at the file can say."""

    PASS = "pass", "查毒通过"
    QUARANTINE = "quarantine", "隔离"
    GO_WITHOUT = "go_without", "未配置查毒程序"


LIFE = Workflow(
    Scan,
    ScanAction,
    [
        Step(ScanAction.PASS, {Scan.PENDING, Scan.UNSCANNED}, Scan.CLEAN),
        Step(ScanAction.QUARANTINE, {Scan.PENDING, Scan.UNSCANNED, Scan.CLEAN}, Scan.INFECTED),
        Step(ScanAction.GO_WITHOUT, Scan.PENDING, Scan.UNSCANNED),
    ],
)
USABLE = frozenset({Scan.CLEAN, Scan.UNSCANNED})
