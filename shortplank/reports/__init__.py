"""What leaves the screen: tables, papers and the running order, from the pages' own answers."""
