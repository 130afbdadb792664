"""The list of people: sealed under its own keys, drawn from, and destroyed when its day comes."""
