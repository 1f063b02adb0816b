"""What the gallery says."""

from __future__ import annotations

GALLERY, GALLERY_OF = "Pictures of this server", "Pictures by <@{member_id}>"
NO_PICTURES = "No pictures here yet. /edit or /compose makes the first."
GALLERY_LINE = "**{n}** `{job_id}` {prompt} \u00b7 {who}{when}"
GALLERY_BY = "<@{member_id}> \u00b7 "
MINE, EVERYBODYS = "Mine", "Everyone\u2019s"
ALL_MODELS, CHOOSE_MODEL, CHOOSE_PICTURE = "All models", "Which model", "Open a picture"
PAGE = "page {page}"
NO_LONGER_KEPT = "Its picture is no longer kept here, or is not shown in this channel."
