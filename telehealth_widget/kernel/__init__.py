"""What a notebook uses: `Session`, its rosters, invites, events and callbacks, and the link to the room server.

Never imports the server, the rooms or the journal.
"""
