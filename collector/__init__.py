"""Where answers arrive and people work: the store, intake, review, print runs, phone form, console, command line."""
