"""Addresses of the pages. The public and everybody's own stand here; desks in their own lists."""

from django.urls import path

from jiebang.web import (
    urls_acceptance,
    urls_board,
    urls_bureau,
    urls_decisions,
    urls_documents,
    urls_experts,
    urls_integrity,
    urls_work,
)
from jiebang.web.views import accounts, desk, ledger, notifications, public, units

app_name = "web"
urlpatterns = [
    path("", public.board, name="board"),
    path("challenges/<int:pk>/", public.challenge, name="challenge"),
    path("achievements/", public.achievements, name="achievements"),
    path("achievements/<int:pk>/", public.achievement, name="achievement"),
    path("units/", public.units, name="units"),
    path("units/<int:pk>/", public.unit, name="unit"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/<int:number>/", ledger.record, name="ledger-record"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("sign-up/", accounts.sign_up, name="sign-up"),
    path("profile/", accounts.profile, name="profile"),
    path("password/", accounts.password, name="password"),
    path("desk/", desk.desk, name="desk"),
    path("desk/<slug:tab>/", desk.desk, name="desk-tab"),
    path("notifications/", notifications.inbox, name="notifications"),
    path("notifications/<int:pk>/", notifications.follow, name="notification"),
    path("notifications/read/", notifications.read, name="notifications-read"),
    path("notifications/preferences/", notifications.preferences, name="notification-preferences"),
    path("my-unit/", units.mine, name="my-unit"),
    path("my-unit/new/", units.register, name="unit-register"),
    path("my-unit/nodes/", units.nodes, name="unit-nodes"),
    path("my-unit/<int:pk>/edit/", units.edit, name="unit-edit"),
    path("my-unit/<int:pk>/resubmit/", units.resubmit, name="unit-resubmit"),
    path("my-unit/<int:pk>/members/", units.members, name="unit-members"),
    path("my-unit/<int:pk>/invite/", units.invite, name="unit-invite"),
    path("memberships/<int:pk>/", units.member, name="unit-member"),
    path("invitations/<int:pk>/revoke/", units.revoke, name="invitation-revoke"),
    path("invitations/<str:token>/", units.invitation, name="invitation"),
    *urls_board.urlpatterns,
    *urls_work.urlpatterns,
    *urls_bureau.urlpatterns,
    *urls_experts.urlpatterns,
    *urls_decisions.urlpatterns,
    *urls_documents.urlpatterns,
    *urls_acceptance.urlpatterns,
    *urls_integrity.urlpatterns,
]
