"""Phuc tra phieu: some of those who answered are called and asked whether they did; and what follows from it."""
