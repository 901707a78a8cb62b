"""What keeps an installation alive: its processes, its backups, and what watches over both."""
