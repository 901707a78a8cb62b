"""What was done by whom, a line each, and where the installation keeps such things: the state folder."""
