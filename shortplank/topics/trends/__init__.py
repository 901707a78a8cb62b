"""指标趋势: one indicator over the months, its limits and its year's end."""
