"""The 揭榜挂帅 platform. Importing it makes the Celery application known, nothing else."""

from jiebang.celery import app as celery_app

__all__ = ["celery_app"]
