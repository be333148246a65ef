"""Addresses of the expert pool, panels, draws and the expert's seats."""

from django.urls import path

from jiebang.web.views import experts

urlpatterns = [
    path("officer/experts/", experts.pool, name="officer-experts"),
    path("officer/experts/new/", experts.enrol, name="officer-expert-new"),
    path("officer/experts/<int:pk>/", experts.expert, name="officer-expert"),
    path("officer/related-units/", experts.related, name="officer-related"),
    path("expert-profile/", experts.mine, name="expert-profile"),
]
