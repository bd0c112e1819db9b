"""Requests of people for what is held on them: due dates, gathering, review of third parties, answer."""
