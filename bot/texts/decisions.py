"""What moderators read after they decided about a job."""

from __future__ import annotations

RELEASED_TITLE = "Released"
RELEASED = "**{amount}** is back with the member. If the provider made the picture after all, nobody here pays for it."
ADOPTED_TITLE = "Adopted"
ADOPTED = "The provider's picture is taken as this one: it is brought and paid when it is done."
BROUGHT_TITLE = "Delivering it again"
BROUGHT = "The result comes to <#{channel_id}>: its message is renewed, or posted anew where it is gone."
RELEASE_CHOICE = "release: give the money back"
ADOPT_CHOICE = "adopt {provider_id} \u00b7 {status} at the provider"
