"""The command `glassbook demo`, which runs every package one after another, as none of them may. They are imported when it is called."""
