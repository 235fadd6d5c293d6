"""Words, languages and encodings. Pure; knows no photo."""
