"""The demo county: generated from a seed, the same bytes each time.

Rare events are drawn first, then the fewest cases are moved that make the county meet the figures
of the speech (`speech`, the one table of them; `moving`, the general way of moving).
"""

from shortplank.demo.build import SEED, build
from shortplank.demo.county import County, generate

__all__ = ["SEED", "County", "build", "generate"]
