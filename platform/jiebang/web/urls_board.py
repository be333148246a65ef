"""Addresses of what is announced, asked and recorded about a challenge on the board."""

from django.urls import path

from jiebang.web.views import announcements, feeds, lists, restricted

urlpatterns = [
    path("feeds/board.atom", feeds.atom, name="feed"),
    path("feeds/deadlines.ics", feeds.deadlines, name="deadlines"),
    path("lists/", lists.call_lists, name="call-lists"),
    path("lists/<int:pk>/", lists.call_list, name="call-list"),
    path("intent-notices/<int:pk>/", lists.notice, name="intent-notice"),
    path("officer/calls/<int:pk>/notice/", lists.announce, name="intent-notice-new"),
    path("challenges/<int:pk>/amend/", announcements.amend, name="amend"),
    path("challenges/<int:pk>/ask/", announcements.ask, name="ask"),
    path("challenges/<int:pk>/clarify/", announcements.clarify, name="clarify"),
    path("challenges/<int:pk>/contacts/", announcements.contacts, name="contacts"),
    path("questions/<int:pk>/answer/", announcements.answer, name="answer"),
    path("challenges/<int:pk>/undertaking/", restricted.undertaking, name="undertaking"),
    path("challenges/<int:pk>/readings/", restricted.readings, name="readings"),
]
