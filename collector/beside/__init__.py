"""Work that a page asks for and that takes longer than a page may: a process beside the server, watched by a file."""
