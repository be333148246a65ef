"""Version 1, its OpenAPI document, and the pages to browse it."""

from typing import Any

app_name = "api"
urlpatterns: list[Any] = []
