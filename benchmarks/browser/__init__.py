"""What Chromium sees: cold starts, repaints, and the same page made with something else."""
