"""What members read and fill in at the creative desk."""
