"""What moderators decide about members, pictures and stuck jobs, and the record of each decision."""
