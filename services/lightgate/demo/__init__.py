"""What stands in where nothing real is: made photographs, a pretended model server. Imports errors alone."""
