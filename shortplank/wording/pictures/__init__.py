"""What pictures say of themselves."""
