"""The hardware half: how joint targets reach servos over a serial cable, and readings come back.

Nothing here yet. To come: codecs without I/O (bytes in, messages out), register tables as data, one transport, one
owner process per bus, a `Plant` on top of them, an emulated servo board, and firmware for boards of our own.
Imports the core; never `sim`.
"""
