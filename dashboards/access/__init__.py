"""Who may call the apps and the public site, under which names, and the servers that answer."""
