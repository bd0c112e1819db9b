"""Who joins the staff and who leaves it: accounts, what each may do, and what a leaver hands on."""
