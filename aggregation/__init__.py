"""Tables in, tables and report bytes out. Pure: no database, no web, no images."""
