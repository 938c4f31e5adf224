"""Who gets in: accounts and what they sign in with, sessions, tokens, displays, links."""
