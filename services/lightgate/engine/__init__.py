"""What moves photos: claim, work, record, pass on, put right. Knows no step by name; imports the store and below."""
