"""Pure rendering: messages and forms made from values, without any I/O."""
