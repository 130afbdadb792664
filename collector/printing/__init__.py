"""From a quota to paper: print runs, their packs and folder, and training sheets."""
