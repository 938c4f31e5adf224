"""Who is signed in: passwords, authenticators, sessions, and the pages for them."""
