"""China's disclosure regime on general ground: defaults of settings, and what it requires of a platform's profile."""
