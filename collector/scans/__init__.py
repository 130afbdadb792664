"""Scan files on their way in: found, watched, handed in on screen, read in worker processes, accounted for."""
