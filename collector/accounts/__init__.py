"""Accounts of the console: passwords, the second factor, the door, and what managers do to accounts. Knows no Flask."""
