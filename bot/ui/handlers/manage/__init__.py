"""What the buttons and forms of the moderators' desk do."""
