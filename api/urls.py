"""Version 1, its OpenAPI document, and the pages to browse it."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from api.v1.acceptances import (
    AcceptanceDraws,
    AcceptanceMembers,
    Acceptances,
    CallAcceptance,
)
from api.v1.achievements import Achievements
from api.v1.afterwards import (
    Assessments,
    CalendarKeys,
    ContractDisputes,
    Portfolio,
    TrackRecords,
)
from api.v1.announcements import Announcements, Questions
from api.v1.attachments import Attachments
from api.v1.awards import Awards
from api.v1.bulk import Bulk
from api.v1.calls import Calls
from api.v1.challenges import Challenges
from api.v1.commissions import CommissionObjections, CommissionOpinions, Commissions
from api.v1.contract_requests import ContractRequests
from api.v1.contract_steps import Settlements, StageOpinions
from api.v1.contract_texts import ContractTexts
from api.v1.contracts import Contracts, Milestones
from api.v1.decisions import (
    CallDecisions,
    Decisions,
    Feedback,
    Objections,
    Rankings,
    Reviews,
)
from api.v1.desk import Desk
from api.v1.experts import CallPanels, Experts, Relations
from api.v1.figures import Statistics
from api.v1.imports import Imports
from api.v1.integrity import IntegrityRecords
from api.v1.jobs import Jobs
from api.v1.late_permissions import ChallengeLate, LatePermissions
from api.v1.ledger import Ledger
from api.v1.lexicon import Lexicon
from api.v1.match_settings import Settings as MatchSettings
from api.v1.matches import (
    AchievementMatches,
    ChallengeAlike,
    ChallengeMatches,
    Matches,
    NeedAlike,
    NeedMatches,
    UnitMatches,
)
from api.v1.members import Invitations, Members, UnitPeople
from api.v1.needs import Needs
from api.v1.notices import Notices
from api.v1.notifications import Notifications
from api.v1.ocds import Ocds
from api.v1.openings import Openings
from api.v1.organizations import Organizations
from api.v1.panels import Draws, Seats, Waivers
from api.v1.papers import AcceptancePapers, BidPapers, CommissionPapers, ReviewPapers
from api.v1.payments import Payments
from api.v1.people import People
from api.v1.proposal_consortium import Consortia, Parties, PartnerInvitations
from api.v1.proposals import Proposals
from api.v1.races import Checkpoints, Races
from api.v1.record import Record
from api.v1.screening import Appraisals, Screening
from api.v1.taxonomy import Taxonomy
from api.v1.tokens import Tokens
from api.v1.versions import Versions
from api.v1.working_days import Calendar

router = SimpleRouter(use_regex_path=False)
for prefix, resource, name in (
    ("auth/tokens", Tokens, "token"),
    ("taxonomy", Taxonomy, "taxonomy"),
    ("organizations", Organizations, "organization"),
    ("organizations", UnitPeople, "unit"),
    ("organizations", UnitMatches, "unit-match"),
    ("members", Members, "member"),
    ("invitations", Invitations, "invitation"),
    ("calls", Calls, "call"),
    ("attachments", Attachments, "attachment"),
    ("needs", Needs, "need"),
    ("needs", Versions, "need-version"),
    ("needs", Screening, "need-screening"),
    ("needs", NeedMatches, "need-match"),
    ("needs", NeedAlike, "need-alike"),
    ("appraisals", Appraisals, "appraisal"),
    ("challenges", Challenges, "challenge"),
    ("challenges", ChallengeMatches, "challenge-match"),
    ("challenges", Announcements, "challenge-announcement"),
    ("intent-notices", Notices, "intent-notice"),
    ("questions", Questions, "question"),
    ("challenges", ChallengeAlike, "challenge-alike"),
    ("proposals", Proposals, "proposal"),
    ("openings", Openings, "opening"),
    ("proposals", Consortia, "consortium"),
    ("parties", Parties, "party"),
    ("partner-invitations", PartnerInvitations, "partner-invitation"),
    ("challenges", ChallengeLate, "challenge-late"),
    ("late-permissions", LatePermissions, "late-permission"),
    ("experts", Experts, "expert"),
    ("related-units", Relations, "related-unit"),
    ("calls", CallPanels, "call-panel"),
    ("draws", Draws, "draw"),
    ("seats", Seats, "seat"),
    ("waivers", Waivers, "waiver"),
    ("reviews", Reviews, "review"),
    ("challenges", Rankings, "challenge-ranking"),
    ("proposals", Feedback, "proposal-review"),
    ("proposals", BidPapers, "proposal-paper"),
    ("challenges", ReviewPapers, "challenge-paper"),
    ("decisions", Decisions, "decision"),
    ("objections", Objections, "objection"),
    ("calls", CallDecisions, "call-decision"),
    ("working-days", Calendar, "working-day"),
    ("integrity-records", IntegrityRecords, "integrity-record"),
    ("awards", Awards, "award"),
    ("commissions", Commissions, "commission"),
    ("commissions", CommissionPapers, "commission-paper"),
    ("commission-opinions", CommissionOpinions, "commission-opinion"),
    ("commission-objections", CommissionObjections, "commission-objection"),
    ("contracts", Contracts, "contract"),
    ("contracts", ContractTexts, "contract-text"),
    ("payments", Payments, "payment"),
    ("milestones", Milestones, "milestone"),
    ("acceptances", Acceptances, "acceptance"),
    ("acceptances", AcceptancePapers, "acceptance-paper"),
    ("acceptance-members", AcceptanceMembers, "acceptance-member"),
    ("acceptance-draws", AcceptanceDraws, "acceptance-draw"),
    ("calls", CallAcceptance, "call-acceptance"),
    ("assessments", Assessments, "assessment"),
    ("track-items", TrackRecords, "track-item"),
    ("contracts", ContractDisputes, "contract-dispute"),
    ("portfolio", Portfolio, "portfolio"),
    ("calendar-key", CalendarKeys, "calendar-key"),
    ("stage-opinions", StageOpinions, "stage-opinion"),
    ("contract-requests", ContractRequests, "contract-request"),
    ("settlements", Settlements, "settlement"),
    ("races", Races, "race"),
    ("checkpoints", Checkpoints, "checkpoint"),
    ("achievements", Achievements, "achievement"),
    ("achievements", AchievementMatches, "achievement-match"),
    ("matches", Matches, "match"),
    ("lexicon", Lexicon, "lexicon"),
    ("match-settings", MatchSettings, "match-settings"),
    ("stats", Statistics, "statistic"),
    ("imports", Imports, "import"),
    ("jobs", Jobs, "job"),
    ("desk", Desk, "desk"),
    ("notifications", Notifications, "notification"),
    ("record", Record, "record"),
    ("ledger", Ledger, "ledger"),
):
    router.register(prefix, resource, name)

app_name = "api"
urlpatterns = [
    path("v1/sign-up/", People.as_view({"post": "sign_up"}), name="sign-up"),
    path("v1/me/", People.as_view({"get": "me"}), name="me"),
    path("v1/me/password/", People.as_view({"post": "password"}), name="password"),
    path(
        "v1/invitations/offered/<str:token>/",
        Invitations.as_view({"get": "offered"}),
        name="invitation-offered",
    ),
    path(
        "v1/invitations/offered/<str:token>/accept/",
        Invitations.as_view({"post": "accept"}),
        name="invitation-accept",
    ),
    path("v1/ocds/releases/", Ocds.as_view({"get": "releases"}), name="ocds-releases"),
    path("v1/ocds/records/<str:ocid>/", Ocds.as_view({"get": "record"}), name="ocds-record"),
    path(
        "v1/partner-invitations/<str:reference>/accept/",
        PartnerInvitations.as_view({"post": "accept"}),
        name="partner-invitation-accept",
    ),
    path(
        "v1/partner-invitations/<str:reference>/decline/",
        PartnerInvitations.as_view({"post": "decline"}),
        name="partner-invitation-decline",
    ),
    path("v1/bulk/<slug:deed>/", Bulk.as_view({"post": "run"}), name="bulk"),
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
]
