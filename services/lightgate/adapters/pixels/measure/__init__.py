"""What pixels say in numbers: sharpness, tones, likeness. Imports the domain alone."""
