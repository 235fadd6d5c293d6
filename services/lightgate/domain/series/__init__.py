"""Which photos are one series, and which of them is the best. Pure."""
