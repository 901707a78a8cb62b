"""短板村: the weakest villages, and what it would take."""
