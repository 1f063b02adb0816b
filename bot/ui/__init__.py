"""What people see and press in Discord: pure renderers, buttons that parse an id and call one service, the publisher."""
