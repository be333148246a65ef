"""One machine, nothing to manage: SQLite, a folder as broker, a secret made on first use."""

import os
import secrets

from jiebang.settings import base
from jiebang.settings.base import *

VAR_DIR.mkdir(parents=True, exist_ok=True)
for folder in ("broker/queue", "broker/control", "mail", "media", "index", "static"):
    (VAR_DIR / folder).mkdir(parents=True, exist_ok=True)

SECRET_KEY = base.SECRET_KEY
if not SECRET_KEY:
    _file = VAR_DIR / "secret-key"
    if not _file.exists():
        _file.write_text(secrets.token_urlsafe(50), "ascii")
        _file.chmod(0o600)
    SECRET_KEY = _file.read_text("ascii")

DEBUG = os.environ.get("JIEBANG_DEBUG") == "1"
DEMO_MODE = os.environ.get("JIEBANG_DEMO") == "1"
ALLOWED_HOSTS = os.environ.get("JIEBANG_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
