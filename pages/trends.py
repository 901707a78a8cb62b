"""Being built."""

from shortplank.ui.frame import open_page

with open_page("trends") as page:
    page.title("trends")
