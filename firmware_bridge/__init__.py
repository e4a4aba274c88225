"""The hardware half: how joint targets reach servos over a serial cable, and readings come back.

    SerialPlant -> BusOwner    -> DrivenLine           -> BoardLine -> frames -> SerialPort
                   lock, guard    gate, health, torque    one per protocol, without I/O below it

Emulated boards stand on the other end of a pty; `firmware/` is a board of our own. Imports the core; never `sim`.
"""
