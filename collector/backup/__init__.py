"""Backups of a campaign, and what is made of them again. Keys stay apart unless somebody asks for them by name."""
