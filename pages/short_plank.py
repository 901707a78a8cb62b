"""Being built."""

from shortplank.ui.frame import open_page

with open_page("short_plank") as page:
    page.title("short_plank")
