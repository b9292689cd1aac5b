"""Numbers from arrays: the statistics of short interrupted time series."""
