"""Mail that comes to the address from which alerts go out."""
