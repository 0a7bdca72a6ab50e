"""The append-only record: contract, stores, chain, personal data and its keys.

No rule about who may do what, no socket and no live state belongs here. Import from the modules.
"""
