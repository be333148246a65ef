"""Addresses of integrity records."""

from django.urls import path

from jiebang.web.views import integrity

urlpatterns = [
    path("integrity/", integrity.record_list, name="integrity"),
    path("integrity/new/", integrity.new, name="integrity-new"),
    path("integrity/<int:pk>/", integrity.record, name="integrity-record"),
    path("integrity/<int:pk>/move/", integrity.move, name="integrity-move"),
]
