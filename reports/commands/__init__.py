"""The reading commands, one module a command, named as the command. They import what they run when they are called."""
