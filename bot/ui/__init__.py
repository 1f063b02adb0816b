"""What people see and press in Discord: pure renderers, buttons that call one service, the publisher."""
