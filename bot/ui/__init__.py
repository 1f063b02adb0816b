"""What people see and press in Discord: `render` draws it, `handlers` act on it, `discord` brings it there."""
