"""`manage.py rematch`: every index and every answer made anew, now, without a worker."""

from typing import Any

from django.core.management.base import BaseCommand

from jiebang.jobs.console import ConsoleProgress
from jiebang.recommendations import services


class Command(BaseCommand):
    """Safe at any time, beside a working worker too."""

    help = "重建全部匹配索引，并重新匹配全部需求、成果、单位和榜题"

    def handle(self, **options: Any) -> None:
        """Make everything anew and say how much there was."""
        progress = ConsoleProgress(self.stdout)
        asked = services.refresh_all(progress, anew=True)
        progress.end()
        self.stdout.write(f"已重新匹配 {asked} 次，匹配结果已全部更新")
