"""Addresses of what is announced, asked and recorded about a challenge on the board."""

from django.urls import path

from jiebang.web.views import announcements, restricted

urlpatterns = [
    path("challenges/<int:pk>/amend/", announcements.amend, name="amend"),
    path("challenges/<int:pk>/ask/", announcements.ask, name="ask"),
    path("challenges/<int:pk>/clarify/", announcements.clarify, name="clarify"),
    path("challenges/<int:pk>/contacts/", announcements.contacts, name="contacts"),
    path("questions/<int:pk>/answer/", announcements.answer, name="answer"),
    path("challenges/<int:pk>/undertaking/", restricted.undertaking, name="undertaking"),
    path("challenges/<int:pk>/readings/", restricted.readings, name="readings"),
]
