"""The quarter's figures, put together from every capability."""
