"""What in a text tells who somebody is, held against what the records of a matter know of its people."""
