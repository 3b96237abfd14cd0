"""Pages of the catalogue: services, configuration items, their updates and their import."""
