"""What moderators see and press at their desk."""
