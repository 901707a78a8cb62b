"""Being built."""

from shortplank.ui.frame import open_page

with open_page("sex_ratio") as page:
    page.title("sex_ratio")
