"""Getting a campaign ready in the console: its files shown and replaced, sheets looked at, print runs, next year's."""
