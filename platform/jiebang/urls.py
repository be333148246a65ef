"""The site's address book: pages from web, JSON from api."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("api.urls")),
    path("", include("jiebang.web.urls")),
]
