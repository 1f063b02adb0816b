"""Every SQL statement of the program, the migrations, and the one writer."""
