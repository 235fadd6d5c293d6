"""What a person may do, and how long one waits after wrong passwords. Pure."""
