"""Addresses of the owner's and the solver's desks, matches and jobs."""

from django.urls import path

from jiebang.web.views import (
    achievement_desk,
    attachments,
    consortium,
    jobs,
    matches,
    need_writing,
    owner,
    restricted,
    solver,
)

PAIR = "<slug:subject_kind>/<int:subject_id>/<slug:object_kind>/<int:object_id>/"

urlpatterns = [
    path("needs/", owner.needs, name="needs"),
    path("needs/new/", need_writing.need_new, name="need-new"),
    path("needs/check-up/", need_writing.need_check_up, name="need-check-up"),
    path("needs/<int:pk>/", owner.need, name="need"),
    path("needs/<int:pk>/versions/<int:number>/", owner.need_version, name="need-version"),
    path("needs/<int:pk>/edit/", need_writing.need_edit, name="need-edit"),
    path("needs/<int:pk>/move/", owner.need_move, name="need-move"),
    path("proposals/", solver.proposals, name="proposals"),
    path("challenges/<int:pk>/bid/", solver.start, name="proposal-start"),
    path("proposals/<int:pk>/", solver.proposal, name="proposal"),
    path("proposals/<int:pk>/edit/", solver.edit, name="proposal-edit"),
    path("proposals/<int:pk>/autosave/", solver.autosave, name="proposal-autosave"),
    path("proposals/<int:pk>/move/", solver.move, name="proposal-move"),
    path("proposals/<int:pk>/readings/", restricted.bid_readings, name="proposal-readings"),
    path("challenges/<int:pk>/intend/", solver.intend, name="proposal-intend"),
    path("proposals/<int:pk>/versions/", solver.difference, name="proposal-difference"),
    path("proposals/<int:pk>/consortium/", consortium.page, name="proposal-consortium"),
    path("proposals/<int:pk>/invite/", consortium.invite, name="proposal-invite"),
    path("proposals/<int:pk>/shares/", consortium.shares, name="proposal-shares"),
    path("proposals/<int:pk>/comment/", consortium.comment, name="proposal-comment"),
    path("parties/<int:pk>/confirm/", consortium.confirm, name="party-confirm"),
    path("parties/<int:pk>/leave/", consortium.leave, name="party-leave"),
    path("partner-invitations/<int:pk>/revoke/", consortium.revoke, name="partner-revoke"),
    path("partner-invitations/<str:reference>/", consortium.answer, name="partner-invitation"),
    path("receipts/<int:pk>/", solver.receipt, name="proposal-receipt"),
    path("receipts/<int:pk>/file/", solver.receipt_file, name="proposal-receipt-file"),
    path("my-achievements/", achievement_desk.mine, name="my-achievements"),
    path("my-achievements/new/", achievement_desk.new, name="achievement-new"),
    path("achievements/<int:pk>/edit/", achievement_desk.edit, name="achievement-edit"),
    path("files/<slug:holder>/<int:pk>/add/", attachments.add, name="attachment-add"),
    path("files/<int:pk>/", attachments.download, name="attachment"),
    path("files/<int:pk>/remove/", attachments.remove, name="attachment-remove"),
    path("fitting/", matches.fitting, name="fitting"),
    path(f"matches/{PAIR}", matches.why, name="match-why"),
    path(f"matches/{PAIR}feedback/", matches.feedback, name="match-feedback"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
]
