"""月积分: the scheme's points of the month."""
