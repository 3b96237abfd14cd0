"""Input of the change pages."""
