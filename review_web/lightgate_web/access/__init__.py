"""Who asks, and whether they may: signing in, sessions, and the headers of every answer."""
