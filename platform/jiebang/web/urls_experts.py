"""Addresses of the expert pool, panels, draws and the expert's seats."""

from django.urls import path

from jiebang.web.views import experts, panels, seats

urlpatterns = [
    path("officer/experts/", experts.pool, name="officer-experts"),
    path("officer/experts/new/", experts.enrol, name="officer-expert-new"),
    path("officer/experts/<int:pk>/", experts.expert, name="officer-expert"),
    path("officer/related-units/", experts.related, name="officer-related"),
    path("expert-profile/", experts.mine, name="expert-profile"),
    path("officer/challenges/<int:pk>/panel/", panels.panel, name="officer-panel"),
    path("officer/challenges/<int:pk>/panel/invite/", panels.invite, name="officer-invite"),
    path("officer/waivers/<int:pk>/", panels.decide, name="officer-waiver"),
    path("officer/seats/<int:pk>/move/", panels.seat_move, name="officer-seat-move"),
    path("officer/calls/<int:pk>/panels/", panels.call_panels, name="officer-call-panels"),
    path("officer/calls/<int:pk>/assign/", panels.assign, name="officer-call-assign"),
    path("seats/", seats.seat_list, name="expert-seats"),
    path("seats/<int:pk>/", seats.seat, name="expert-seat"),
    path("seats/<int:pk>/move/", seats.seat_move, name="expert-seat-move"),
    path("reviewed-bids/<int:pk>/", seats.bid, name="expert-bid"),
    path("draws/", seats.draw_list, name="draws"),
    path("draws/<int:pk>/", seats.draw, name="draw"),
    path("draws/<int:pk>/file/", seats.draw_file, name="draw-file"),
]
