"""Who is part of a case: in which role, how vulnerable, and what they wish."""
