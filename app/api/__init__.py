"""The API for programs, under /api/v1: one table of operations makes its routes and its OpenAPI description."""
