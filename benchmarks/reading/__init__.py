"""The measuring bench of the reader: one table with bounds, what its claims are worth, and the floor."""
