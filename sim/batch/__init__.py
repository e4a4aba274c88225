"""A whole generation in one process: bodies on threads, all their networks in one torch call."""
