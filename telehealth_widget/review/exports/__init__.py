"""A record in the forms that other tools read. One form a file; `folder` puts them together.

Everything is pseudonymous: people are their codes, and names, titles, notes and reasons are left out unless the record
was loaded with its texts.
"""
