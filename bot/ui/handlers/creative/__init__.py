"""What the buttons and forms of the creative desk do."""
