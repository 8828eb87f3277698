"""Old and new article → verdict. Pure."""
