"""Crashes, full disks and damaged journals: what was acknowledged is there, and nobody is let in by accident."""
