"""The rules of a session, pure: state, policy, decide, evolve, outbox, timers.

No I/O, no clock, no randomness: time and fresh ids come as arguments.
"""
