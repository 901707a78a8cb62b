"""What every topic reads with: the view, values and their states, series, peers, targets."""
