"""What people write beside figures: the only writers of the journal besides the import."""
