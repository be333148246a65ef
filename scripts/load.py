"""Brings the database up to date: its tables, the reference data, the demo city if it is empty.

One process for all three, for most of the time of each would go into its start.
"""

import os

import django
from django.core.management import call_command


def main() -> None:
    """Do what is still to be done; doing it again changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiebang.settings.embedded")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("sync_taxonomy")
    if os.environ.get("JIEBANG_DEMO") == "1":
        call_command("seed_demo", if_empty=True)


if __name__ == "__main__":
    main()
