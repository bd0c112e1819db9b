"""What is known of traders, vehicles, numbers and websites: graded, guarded, and shown where a call tells of them."""
