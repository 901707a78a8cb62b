"""Text in, places to go out: rules that read what is typed into the box, without a guess."""
