"""Names and paths of published files: a frozen contract with the website. Pure."""
