"""What a photograph says of itself: read here, from every kind of file. Imports `containers`, ports and below."""
