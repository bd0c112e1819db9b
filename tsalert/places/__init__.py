"""Postcodes and wards."""
