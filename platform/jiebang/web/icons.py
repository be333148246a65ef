"""The platform's own icons: strokes on a 24 px field."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS = {
    "alert": "M12 4 2.8 19.5h18.4z M12 10v4.2 M12 17v.2",
    "archive": "M4 4.5h16v4H4z M5.5 8.5v11h13v-11 M10 12.5h4",
    "arrow-right": "M5 12h14 M13 6l6 6-6 6",
    "award": "M12 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11z M8.5 13.5 7 21l5-2.8 5 2.8-1.5-7.5",
    "bell": "M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 2h-15z M10 21h4",
    "board": "M4 5h16v14H4z M4 9.5h16 M9 9.5V19",
    "building": "M5 20.5V4h9v16.5 M14 9h5v11.5 M3 20.5h18 M8 8h3 M8 12h3 M8 16h3",
    "calendar": "M4 6h16v14H4z M4 10.5h16 M8.5 3.5V8 M15.5 3.5V8",
    "chart": "M4 4v16h16 M8.5 16v-4 M13 16V7.5 M17.5 16v-6",
    "check": "M5 12.5 10 17.5 19.5 7",
    "chevron-down": "M6 9.5l6 6 6-6",
    "chevron-right": "M9.5 6l6 6-6 6",
    "circle-check": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M8 12.3l2.8 2.8L16 9.6",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5.2l3.4 2",
    "close": "M6 6l12 12 M18 6 6 18",
    "contract": "M6 3.5h8.5L19 8v12.5H6z M14 3.5V8.5h5 M9 12.5h6 M9 16h3.5",
    "copy": "M8.5 8.5h11v11h-11z M15.5 8.5v-4h-11v11h4",
    "download": "M12 4v11 M7 10.5l5 5 5-5 M4.5 20h15",
    "edit": "M4.5 19.5v-4L15.5 4.5l4 4-11 11z M13 7l4 4",
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",  # noqa: E501
    "file": "M6 3.5h8.5L19 8v12.5H6z M14 3.5V8.5h5",
    "filter": "M4 5.5h16l-6.2 7.2v5.8l-3.6-2v-3.8z",
    "flag": "M6 21V4 M6 4.5h11.5l-2.3 4 2.3 4H6",
    "home": "M4 11.5 12 4.5l8 7 M6.5 9.7V20h11V9.7 M10 20v-5.5h4V20",
    "inbox": "M4 13.5 6.5 5h11L20 13.5V19H4z M4 13.5h4.5l1.5 2.5h4l1.5-2.5H20",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 11v5.2 M12 7.7v.2",
    "library": "M5 4.5v15 M9 4.5v15 M12.8 5.2l4.6 14.4 M3.5 19.5h17",
    "link": "M10 14a4 4 0 0 0 6 .5l3-3a4.2 4.2 0 0 0-6-6l-1.2 1.2 M14 10a4 4 0 0 0-6-.5l-3 3a4.2 4.2 0 0 0 6 6l1.2-1.2",  # noqa: E501
    "lock": "M6 11h12v9.5H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3 M12 14.8v2",
    "menu": "M4 6.5h16 M4 12h16 M4 17.5h16",
    "message": "M4 5h16v11.5h-8.5L7 20.5v-4H4z M8 9h8 M8 12.5h5",
    "minus": "M5 12h14",
    "money": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M8.5 7.5 12 12l3.5-4.5 M12 12v5.5 M9 12h6 M9 14.8h6",  # noqa: E501
    "plus": "M12 5v14 M5 12h14",
    "print": "M7 9V4h10v5 M7 17H4V9h16v8h-3 M7 14.5h10v6H7z",
    "refresh": "M19.5 12a7.5 7.5 0 1 1-2.3-5.4 M19.5 3.5v4h-4",
    "search": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l4.5 4.5",
    "send": "M20.5 3.5 3.5 10l6.5 3.2L20.5 3.5z M20.5 3.5 14 20.5l-4-7.3",
    "settings": "M4 7h9 M17 7h3 M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4z M4 17h3 M11 17h9 M9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",  # noqa: E501
    "shield": "M12 3.5 19.5 6v6c0 4.5-3.2 7.3-7.5 8.5C7.7 19.3 4.5 16.5 4.5 12V6z M8.8 11.8l2.4 2.4 4-4.2",  # noqa: E501
    "sign-in": "M13 4h6v16h-6 M4 12h11 M11 8l4 4-4 4",
    "sign-out": "M11 4H5v16h6 M9.5 12H20 M16 8l4 4-4 4",
    "sort": "M8 5v14 M4.5 15.5 8 19l3.5-3.5 M16 19V5 M12.5 8.5 16 5l3.5 3.5",
    "spark": "M12 3.5l2 6.5 6.5 2-6.5 2-2 6.5-2-6.5-6.5-2 6.5-2z",
    "star": "M12 4l2.4 5.2 5.6.7-4.2 3.8 1.1 5.6L12 16.5l-4.9 2.8 1.1-5.6L4 9.9l5.6-.7z",
    "thumb-down": "M7 13.5V4.5H4v9z M7 13l4 7.5c1.7 0 2.5-1.2 2.2-2.8L12.7 15h5.3c1.3 0 2.2-1.2 1.9-2.4l-1.5-6.3c-.2-1-1-1.7-2-1.7H7",  # noqa: E501
    "thumb-up": "M7 10.5v9H4v-9z M7 11l4-7.5c1.7 0 2.5 1.2 2.2 2.8L12.7 9h5.3c1.3 0 2.2 1.2 1.9 2.4l-1.5 6.3c-.2 1-1 1.7-2 1.7H7",  # noqa: E501
    "trash": "M4.5 7h15 M9 7V4.5h6V7 M6.5 7l.8 13h9.4l.8-13 M10.5 11v5.5 M13.5 11v5.5",
    "upload": "M12 16V5 M7 9.5l5-5 5 5 M4.5 20h15",
    "user": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6",
    "users": "M9 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2.5 20c.4-3.7 3-5.5 6.5-5.5s6.1 1.8 6.5 5.5 M15.5 5.3a3.5 3.5 0 0 1 0 6.5 M18 14.9c2 .8 3.3 2.5 3.5 5.1",  # noqa: E501
}


def svg(name: str, label: str = "", classes: str = "") -> SafeString:
    """Draw an icon. With a label it is read out; without one it is decoration.

    Raises KeyError when there is no icon of that name.
    """
    spoken = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon{}" width="24" height="24" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" '
        'stroke-linejoin="round" {}><path d="{}"/></svg>',
        f" {classes}" if classes else "",
        mark_safe(spoken),  # noqa: S308 -- either our own words or escaped just above
        ICONS[name],
    )
