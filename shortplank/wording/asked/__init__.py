"""What people type into the box that finds pages, and what it answers."""
