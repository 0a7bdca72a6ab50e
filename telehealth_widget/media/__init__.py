"""WebRTC in Python (aiortc): one peer, synthetic tracks, the simulated client and the loop they
share.

Media and what negotiates it belongs here; later also the recorder and the connection test's echo.
No room rules, no Jupyter, no server: a simulated client comes through the guest site like anyone
else.
"""
