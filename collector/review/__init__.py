"""Where people look at what the reader read: doubts, conflicts, blind second looks and second readers."""
