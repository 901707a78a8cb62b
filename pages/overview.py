"""Being built."""

from shortplank.ui.frame import open_page

with open_page("overview") as page:
    page.title("overview")
