"""The one chart of every page, in which what the figure names can be selected."""
