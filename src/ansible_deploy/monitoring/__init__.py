"""Watching apps: what is written for well-kept tools, who is told, and what jobs find out."""
