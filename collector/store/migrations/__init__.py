"""What makes the tables: one revision a schema."""
