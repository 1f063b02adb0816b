"""What is said around a refusal, and when something unexpected went wrong."""

from __future__ import annotations

ONE_OF_SEVERAL = "\u2022 {said}"
OPEN_AGAIN, LEFT_EMPTY = "Open the form again", "*left empty*"
FILES_AGAIN = "What you typed is in it; attach your images again, because Discord does not let me put them back."
UNEXPECTED_TITLE = "Something broke on my side"
UNEXPECTED = "That was not your doing. If it happens again, tell a moderator this code: `{reference}`."
UNEXPECTED_MONEY = "If you started a job, it continues, and its money is safe: /jobs list shows it."
