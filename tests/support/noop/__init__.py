"""The real pipeline with stages that do nothing but what a photo's name asks for; run by real worker processes."""
