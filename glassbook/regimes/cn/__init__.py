"""China's disclosure regime on the ground that reads nothing of ours: defaults of settings, and what it asks of a platform's profile."""
