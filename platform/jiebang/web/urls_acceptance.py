"""Addresses of acceptance and after: panels, conclusions, assessments, the portfolio, my dates."""

from django.urls import path

from jiebang.web.views import (
    acceptance_conclusions,
    acceptance_panels,
    acceptance_papers,
    acceptances,
    assessments,
    my_calendar,
    portfolio,
    track,
)

ONE = "acceptances/<int:pk>/"
ASSESSED = "assessments/<int:pk>/"

urlpatterns = [
    path("acceptances/", acceptances.acceptance_list, name="acceptances"),
    path("contracts/<int:pk>/acceptance/", acceptances.start, name="acceptance-start"),
    path(ONE, acceptances.acceptance, name="acceptance"),
    path(f"{ONE}edit/", acceptances.edit, name="acceptance-edit"),
    path(f"{ONE}move/", acceptances.move, name="acceptance-move"),
    path(f"{ONE}satisfaction/", acceptances.satisfaction, name="acceptance-satisfaction"),
    path(f"{ONE}panel/", acceptance_panels.panel, name="acceptance-panel"),
    path(f"{ONE}conclusion/", acceptance_conclusions.conclusion, name="acceptance-conclusion"),
    path(f"{ONE}integrity/", acceptance_conclusions.integrity, name="acceptance-integrity"),
    path(f"{ONE}<slug:kind>.<slug:ending>", acceptance_papers.paper, name="acceptance-paper"),
    path("acceptance-members/<int:pk>/", acceptance_panels.member, name="acceptance-member"),
    path(
        "acceptance-members/<int:pk>/move/",
        acceptance_panels.member_move,
        name="acceptance-member-move",
    ),
    path("acceptance-draws/<int:pk>/", acceptance_panels.draw, name="acceptance-draw"),
    path(
        "acceptance-draws/<int:pk>/file/", acceptance_panels.draw_file, name="acceptance-draw-file"
    ),
    path("acceptance-notices/", acceptance_conclusions.notice_list, name="acceptance-notices"),
    path("acceptance-notices/<int:pk>/", acceptance_conclusions.notice, name="acceptance-notice"),
    path(
        "officer/calls/<int:pk>/acceptance-rules/",
        acceptance_conclusions.rules,
        name="officer-acceptance-rules",
    ),
    path("assessments/", assessments.assessment_list, name="assessments"),
    path(ASSESSED, assessments.assessment, name="assessment"),
    path(f"{ASSESSED}report/", assessments.report, name="assessment-report"),
    path(f"{ASSESSED}score/", assessments.score, name="assessment-score"),
    path(f"{ASSESSED}move/", assessments.move, name="assessment-move"),
    path("contracts/<int:pk>/dispute/", track.dispute, name="contract-dispute"),
    path("track-items/<int:pk>/answer/", track.answer, name="track-answer"),
    path("officer/portfolio/", portfolio.board, name="portfolio"),
    path("my-calendar/", my_calendar.page, name="my-calendar"),
    path("calendars/<str:secret>.ics", my_calendar.file, name="my-calendar-file"),
]
