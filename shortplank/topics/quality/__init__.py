"""数据质量: checks of the figures themselves."""
