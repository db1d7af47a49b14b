"""What the function is measured beside: the same work without it."""
