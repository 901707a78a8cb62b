"""Documents in the form of official papers (GB/T 9704-2012): the notice and the minutes."""
