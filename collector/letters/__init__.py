"""Personal links: who is invited, the letters that carry the links, what comes back, slips for who has no mail."""
