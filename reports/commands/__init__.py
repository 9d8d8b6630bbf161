"""The commands that only read: one module per command, with the command's name. They import what they run only when called."""
