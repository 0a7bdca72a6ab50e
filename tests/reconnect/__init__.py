"""A real call that survives its kernel, its server and its network."""
