"""Numbers for calls, incidents, cases and alerts that survive being read out by phone."""
