"""How the service runs, for its staff: workers, the timetable, what waits, providers, room, the last backup."""
