"""From the store to files that people take away: scores, their report, agency pages, tables for other programs."""
