"""What a subscriber chose, and changing it: by the one who reads the address, or by an officer for one who rings."""
