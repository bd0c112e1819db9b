"""What providers send to us, each message turned into one use case."""
