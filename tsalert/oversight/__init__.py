"""What lets somebody outside hold the service to account, such as the head of the trail, published every day."""
