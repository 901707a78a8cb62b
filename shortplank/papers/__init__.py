"""What leaves the screen: the meeting's papers from the pages' own answers."""
