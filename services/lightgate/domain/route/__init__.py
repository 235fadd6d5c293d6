"""Where a photo stands and the one function that moves it; the same in words for people. Pure."""
