"""What is, was and should be live, and whose word stands for it. Imports the store and below; knows no server."""
