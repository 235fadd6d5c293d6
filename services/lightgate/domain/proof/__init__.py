"""What is wrong with a text, and what mends it: told facts against written words. Pure."""
