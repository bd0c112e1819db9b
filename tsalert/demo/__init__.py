"""A demonstration: invented people whose activity gives the published figures."""
