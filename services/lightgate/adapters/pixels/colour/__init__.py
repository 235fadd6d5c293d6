"""What colours an original's pixels stand for, and the way to 8-bit sRGB; libvips and lcms do the sums."""
