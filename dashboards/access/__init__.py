"""Under which host names the apps and the public site answer, and the servers for them."""
