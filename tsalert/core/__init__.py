"""Values that every capability uses: instants, periods, money, errors, actors. Standard library only."""
