"""The pretend pen and the pretend scanner: filled, scanned sheets whose truth is known. Never part of real work."""
