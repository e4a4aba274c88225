"""The page's tables: how every lane stands, and how it came through what befell it."""

from __future__ import annotations

import html
import math

from hebb_controller.page import look
from hebb_controller.page.frames import Frame, LaneFrame, Stage
from hebb_controller.page.recovery_text import outcome_text

_BADGE = "display:inline-block;padding:1px 7px;border-radius:9px;color:#fff;font-size:12px;margin-right:4px"
_BOX = "padding:2px 10px 6px;font-size:13px;line-height:1.45"


def status_html(stage: Stage, frame: Frame) -> str:
    """Return the lanes, one block each, under a line about time."""
    pace = "paused" if frame.paused else f"{frame.time:.1f} s"
    if not frame.paused and math.isfinite(frame.factor):
        pace += f" · {frame.factor:.2f} × real time"
    head = f"<b>{html.escape(stage.title)}</b><br>{html.escape(pace)}"
    if frame.recording:
        head += f"<br>recording to {html.escape(frame.recording)}"
    if frame.estop:
        head += f'<div role="alert" id="hebb-stopped">{_badge(html.escape(frame.estop), (200, 16, 46))}</div>'
    blocks = [
        _lane(number, lane.name, lane.title, how)
        for number, (lane, how) in enumerate(zip(stage.lanes, frame.lanes, strict=True))
    ]
    bus = "".join(f"<div>{html.escape(line)}</div>" for line in frame.bus)
    return f'<div style="{_BOX}" id="hebb-status">{head}{"".join(blocks)}{bus}</div>'


def _lane(number: int, name: str, title: str, how: LaneFrame) -> str:
    colour = look.css(look.lane_colour(number))
    badges = [_badge("learning" if how.plastic else "weights still", (60, 130, 90) if how.plastic else (110, 110, 110))]
    if how.error:
        badges.append(_badge(f"failed: {html.escape(how.error)}", look.FALLEN))
    elif how.mode != "nominal":
        badges.append(_badge(f"{html.escape(how.mode)}: {html.escape(how.reason)}", look.FALLEN))
    if how.fallen:
        badges.append(_badge("fallen", look.FALLEN))
    badges += [_badge(html.escape(fault), look.FAULTY) for fault in how.faults]
    speed = f"{round(how.speed, 2) + 0.0:.2f} m/s" if math.isfinite(how.speed) else "speed unknown"
    return (
        f'<div style="border-left:5px solid {colour};padding-left:8px;margin-top:6px" data-lane="{html.escape(name)}" '
        f'title="{html.escape(title)}"><b>{html.escape(name)}</b> · {speed}<br>{"".join(badges)}</div>'
    )


def _badge(text: str, colour: look.Colour) -> str:
    return f'<span style="{_BADGE};background:{look.css(colour)}">{text}</span>'


def recovery_html(stage: Stage, frame: Frame) -> str:
    """Return the newest disturbances, each with how every lane came through it."""
    if not frame.disturbances:
        return f'<div style="{_BOX}" id="hebb-recovery">Nothing has befallen the robots yet: press a button.</div>'
    blocks = []
    for one in reversed(frame.disturbances[-5:]):
        lines = "".join(
            f'<div><b style="color:{look.css(look.lane_colour(k))}">{html.escape(lane.name)}</b> '
            f"{html.escape(outcome_text(outcome))}</div>"
            for k, (lane, outcome) in enumerate(zip(stage.lanes, one.outcomes, strict=False))
        )
        blocks.append(
            f'<div style="margin-bottom:4px"><b>{html.escape(one.label)}</b> at {one.start:.1f} s{lines}</div>'
        )
    return f'<div style="{_BOX}" id="hebb-recovery">{"".join(blocks)}</div>'
