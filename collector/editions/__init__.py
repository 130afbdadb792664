"""The index and its editions, petitions against it, and the frozen edition that gives the same bytes anywhere."""
