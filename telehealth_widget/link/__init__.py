"""The client's end of a socket to a room, for Python: kernels and simulated clients.

Reconnecting, resuming and row keeping belong here; no Jupyter, no aiortc.
"""
