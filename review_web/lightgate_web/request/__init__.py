"""What a request needs before a page is made: the house, the person, the selection; and how an error is answered."""
