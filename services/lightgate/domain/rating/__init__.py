"""What measurements and the model make of a picture: a score, a band, reasons. Pure."""
