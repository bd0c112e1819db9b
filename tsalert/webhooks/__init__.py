"""Other programs that are told of new incidents, missed targets and alerts: registered, signed to, tried again."""
