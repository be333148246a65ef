"""Addresses of directed commissions: the bureau's, the public's, the experts'."""

from django.urls import path

from jiebang.web.views import commission_notices, commissions, open_data

urlpatterns = [
    path("officer/commissions/", commissions.commission_list, name="officer-commissions"),
    path("officer/commissions/new/", commissions.new, name="officer-commission-new"),
    path("officer/commissions/<int:pk>/", commissions.commission, name="officer-commission"),
    path("officer/commissions/<int:pk>/file/", commissions.file, name="officer-commission-file"),
    path("officer/commissions/<int:pk>/edit/", commissions.edit, name="officer-commission-edit"),
    path("officer/commissions/<int:pk>/move/", commissions.move, name="officer-commission-move"),
    path("officer/commissions/<int:pk>/experts/", commissions.ask, name="officer-commission-ask"),
    path(
        "officer/commissions/<int:pk>/minutes/",
        commissions.minutes,
        name="officer-commission-minutes",
    ),
    path("open-data/", open_data.open_data, name="open-data"),
    path("commissions/", commission_notices.notice_list, name="commissions"),
    path("commissions/<int:pk>/", commission_notices.notice, name="commission"),
    path("commissions/<int:pk>/objection/", commission_notices.object_to, name="commission-object"),
    path(
        "commission-objections/<int:pk>/",
        commission_notices.objection,
        name="commission-objection",
    ),
    path("commission-opinions/<int:pk>/", commission_notices.opinion, name="commission-opinion"),
]
