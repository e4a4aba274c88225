"""Names of servo models by the number in their model register, for those who look at a line.

Only the models in `servo_tables.py` can be driven; the others are named so that a mixed-up servo is recognised.
Sources: Feetech's memory tables (feetechrc.com); emanual.robotis.com, control tables of each model.
"""

from __future__ import annotations

from collections.abc import Mapping

FEETECH: Mapping[int, str] = {777: "STS3215", 2825: "STS3250", 1284: "SCS0009", 11272: "SM8512BL"}
DYNAMIXEL1: Mapping[int, str] = {
    12: "AX-12A",
    18: "AX-18A",
    300: "AX-12W",
    24: "RX-24F",
    28: "RX-28",
    64: "RX-64",
    29: "MX-28",
    310: "MX-64",
    320: "MX-106",
    360: "MX-12W",
}
DYNAMIXEL2: Mapping[int, str] = {
    1060: "XL430-W250",
    1190: "XL330-M077",
    1200: "XL330-M288",
    1070: "XC430-W150",
    1080: "XC430-W240",
    1020: "XM430-W350",
    1030: "XM430-W210",
    1000: "XH430-W350",
    1010: "XH430-W210",
    1120: "XM540-W270",
    1130: "XM540-W150",
    30: "MX-28(2.0)",
    311: "MX-64(2.0)",
    321: "MX-106(2.0)",
}
MODELS: Mapping[str, Mapping[int, str]] = {"sts": FEETECH, "dxl1": DYNAMIXEL1, "dxl2": DYNAMIXEL2}


def model_name(protocol: str, number: int) -> str:
    """Return what a servo is called, or `model N`."""
    return MODELS.get(protocol, {}).get(number, f"model {number}")
