"""Tornado and Jupyter: the guest site on its own port, the views' and kernels' doors, the extension that wires them.

Sockets become `rooms` connections here; no rule of the session lives here.
"""
