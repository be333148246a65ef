"""The site's address book: pages from web, JSON from api."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("api.urls")),
    path("", include("jiebang.web.urls")),
]

handler403 = "jiebang.web.errors.permission_denied"
handler404 = "jiebang.web.errors.page_not_found"
handler500 = "jiebang.web.errors.server_error"
