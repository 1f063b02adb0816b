"""What is said about a request that cannot be run as it stands."""

from __future__ import annotations

ROLE_WITHOUT_IMAGE = "There is a role for image {place}, but no image {place}."
ROLE_WITHOUT_IMAGE_ADVICE = "Attach it to image{place}, or leave role{place} out."
NO_REFERENCES = "There is no image in your command, and your tray in this channel is empty."
NO_REFERENCES_ADVICE = "Attach one to image1, or collect some with /references add."
