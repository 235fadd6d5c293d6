"""How things look: words, addresses, JSON, pictures, plots. Decides nothing."""
