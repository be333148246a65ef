"""`manage.py sync_taxonomy`: the reference data, brought to what the file says."""

from typing import Any

from django.core.management.base import BaseCommand

from jiebang.taxonomy import services


class Command(BaseCommand):
    """Safe to repeat; a second run changes nothing."""

    help = "按分类文件更新镇街（园区）、技术领域和产业链"

    def handle(self, **options: Any) -> None:
        """Bring the tables to the file and say what changed."""
        for count in services.sync():
            self.stdout.write(
                f"{count.label}：新增 {count.created}，更新 {count.changed}，"
                f"停用 {count.retired}，在用 {count.in_use}"
            )
