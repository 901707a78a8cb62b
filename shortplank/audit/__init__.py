"""What was done by whom, a line each; and the state folder, where an installation keeps it."""
