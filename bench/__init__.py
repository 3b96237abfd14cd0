"""How fast the product is: a throwaway stack, many incidents, and agents who work through HTTP. Run by script/bench."""
