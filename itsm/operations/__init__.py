"""Commands for whoever runs the product: prepare, backup, restore, create_token."""
