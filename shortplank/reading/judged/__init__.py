"""What a month announces, and what stands beside it as a fact: every page reads it here."""
