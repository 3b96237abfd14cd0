"""Acts of people who have no account: signed links, and receipts of what was decided through them."""
