"""The commands of this package, one module per command, named as the command. They import what they run when they are called."""
