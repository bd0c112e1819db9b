"""Bearer tokens of officers and of programs: what each may do, for how long, and how much it may ask for."""
