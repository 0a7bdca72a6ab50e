"""The live sessions: state in memory, connections and their queues, seats, tokens. Transport-free.

A socket of any kind becomes a `Connection`; no tornado and no Jupyter enters here.
"""
