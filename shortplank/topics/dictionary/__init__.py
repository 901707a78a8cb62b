"""指标字典: the indicators' cards."""
