"""The box that finds pages by typing: what each page offers, and the box itself."""
