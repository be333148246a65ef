"""The Celery application: a wake-up call; what must be done is kept by `jiebang.jobs`."""

import os

from celery import Celery

from jiebang.common import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiebang.settings.embedded")

broker.use()
app = Celery("jiebang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
