"""Answers typed elsewhere: a table is judged whole, finds its sheets and goes through the one door."""
