"""Reviewing what was recorded: loading, seeking, measures, exports, integrity, erasure.

Above `core` and `journal`; the server never imports it. It reads records, and never media: there is none.
"""
