"""Runs Lambda code for LocalEmu in a plain process instead of a container."""
