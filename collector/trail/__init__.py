"""From a score down to its sheets and the pictures of their marks, on screen, as files, and for an agency that asks."""
