"""What moderators read and fill in at their desk."""
