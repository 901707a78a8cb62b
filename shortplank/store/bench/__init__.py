"""The bench: one statement of an analyst's own, in a process that holds nothing else.

`statements` is what a statement says of itself in its header, `held` gives the relations of one
role at one county, `bounded` starts the process and bounds it, `child` is what runs there.
"""
