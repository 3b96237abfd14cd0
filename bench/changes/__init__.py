"""script/bench changes: what changes cost beside many others, and that many who decide at once decide everything once."""
