"""China's disclosure regime: returns, forms, words, defaults of settings, and what it requires of a platform's profile."""
