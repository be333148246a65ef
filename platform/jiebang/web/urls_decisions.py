"""Addresses of reviews, decisions, notices and objections, and of the calendar."""

from django.urls import path

from jiebang.web.views import appraising, decisions, dossiers, notices

urlpatterns = [
    path("officer/challenges/<int:pk>/decision/", decisions.decision, name="officer-decision"),
    path("officer/decisions/<int:pk>/move/", decisions.move, name="officer-decision-move"),
    path("officer/decisions/<int:pk>/minutes/", decisions.minutes, name="officer-minutes"),
    path("officer/calls/<int:pk>/decision-rules/", decisions.rules, name="officer-decision-rules"),
    path("officer/calendar/", decisions.days, name="officer-calendar"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/objection/", notices.object_to, name="notice-object"),
    path("objections/", notices.objection_list, name="objections"),
    path("objections/<int:pk>/", notices.objection, name="objection"),
    path("proposals/<int:pk>/opinion/", appraising.opinion, name="proposal-opinion"),
    path("officer/bids/<int:pk>/inquiry/", appraising.inquiry, name="officer-inquiry"),
    path("officer/inquiries/<int:pk>/", appraising.inquiry_record, name="officer-inquiry-record"),
    path("proposals/<int:pk>/dossier/<slug:form>/", dossiers.bid, name="bid-dossier"),
    path(
        "officer/challenges/<int:pk>/dossier/<slug:form>/",
        dossiers.review,
        name="review-dossier",
    ),
    path("reviewed-bids/<int:pk>/review/", notices.review, name="expert-review"),
]
