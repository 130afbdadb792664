"""An image in, a reading out. Pure: no database, no web, no campaign folder; pixels exist only here."""
