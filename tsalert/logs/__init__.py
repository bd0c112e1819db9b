"""What the processes write down of their work, for whoever runs the machine: never who anybody is."""
