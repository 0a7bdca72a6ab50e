"""What crosses a wire or is kept: commands, events, views, messages, errors, limits, codec.

No rule about who may do what, no I/O, no clock and no randomness belongs here.
"""
