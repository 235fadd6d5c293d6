"""What a person's word seals, and what stands with a published picture. Pure."""
