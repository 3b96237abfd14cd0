"""Input of the catalogue's pages: services and who bought them; items, their imports and their updates."""
