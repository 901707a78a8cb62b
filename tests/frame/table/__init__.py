"""Tables in the frame."""
