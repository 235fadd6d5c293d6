"""What moves photos: claim, work, record, pass on, put right. Imports no step, but `website` and the store."""
