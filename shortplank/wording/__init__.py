"""The words of the product: every fixed phrase, each in one place."""
