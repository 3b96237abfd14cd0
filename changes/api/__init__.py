"""Changes in the API."""
