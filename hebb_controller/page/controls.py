"""One visitor's controls: greyed unless this visitor holds control, and where the source cannot do a thing."""

from __future__ import annotations

import contextlib
import html
import threading
from collections.abc import Callable
from typing import Any

from hebb_controller.page import commands
from hebb_controller.page.actions import ACTIONS, BODY, BRAIN, PROVOKE, TIME, Action, Choice, greyed
from hebb_controller.page.commands import Command
from hebb_controller.page.control import ControlDesk
from hebb_controller.page.frames import Frame, Stage

#: Folders that are open at first.
OPEN = (PROVOKE, BRAIN)
#: `keyboard.py` presses it when the page is left.
RELEASE_KEY = "U"


class Controls:
    """The buttons of one visitor.

    Args:
        client: viser's handle of the visitor.
        desk: who may command.
        stage: what can be done.
        emit: takes commands.
        newest: returns the newest frame, or None before the first.
    """

    def __init__(
        self,
        client: Any,
        desk: ControlDesk,
        stage: Stage,
        emit: Callable[[Command], None],
        newest: Callable[[], Frame | None],
    ) -> None:
        self._client, self._desk, self._stage = client, desk, stage
        self._emit, self._newest = emit, newest
        self._id = int(client.client_id)
        self._needing: list[tuple[Any, str]] = []  # what is greyed without control, and why even with it
        self._chosen: dict[str, Any] = {}
        self._lock = threading.Lock()
        gui = client.gui
        self._stop = gui.add_command(
            "E-stop", description="Let all actuators go, at once", hotkey="escape", icon="hand-stop"
        )
        self._stop.on_trigger(lambda _: self._emit(commands.EStop(f"visitor {self._id}")))
        leave = gui.add_command("Release control", description="let another visitor take it", hotkey=RELEASE_KEY)
        leave.on_trigger(lambda _: self._release_control())
        self._role = gui.add_html("", order=10.0)
        self._take = gui.add_button("Take control", order=11.0, icon="hand-grab")
        self._take.on_click(lambda _: self._take_control())
        self._token = gui.add_text("Token", "", order=11.5, hint="that the server's terminal has printed")
        self._release = gui.add_button(f"Release control  [{RELEASE_KEY}]", order=12.0, color="gray")
        self._release.on_click(lambda _: self._release_control())
        for number, group in enumerate((PROVOKE, BRAIN, BODY, TIME)):
            with gui.add_folder(group, order=20.0 + number, expand_by_default=group in OPEN):
                self._fill(group)
        self.refresh()

    def choose_joint(self, joint: int) -> None:
        """Show a joint as the chosen one."""
        self._joint.value = self._stage.joints[joint]

    def restage(self, stage: Stage) -> None:
        """Show the body and the ground of a stage that allows what the last one did."""
        self._stage = stage
        for label, now in (("Body", stage.body), ("Ground", stage.ground)):
            if label in self._chosen and self._chosen[label].value != now:
                self._chosen[label].value = now

    def refresh(self) -> None:
        """Grey what this visitor may not do now."""
        with self._lock, contextlib.suppress(RuntimeError):  # a handle of a visitor who has just left
            mine = self._desk.may(self._id)
            free = self._desk.holder is None
            self._take.visible, self._release.visible = not mine, mine
            self._token.visible = not mine and self._desk.guarded
            self._take.disabled = not free and not self._desk.guarded
            who = (
                "You hold control."
                if mine
                else "Nobody holds control."
                if free
                else "You are watching: another visitor holds control."
            )
            text = f'<div id="hebb-role" style="padding:0 10px 4px;font-size:13px">{who} Anyone may stop: Esc.</div>'
            if self._role.content != text:
                self._role.content = text
            for handle, why in self._needing:
                disabled = not mine or bool(why)
                if handle.disabled != disabled:
                    handle.disabled = disabled

    def _fill(self, group: str) -> None:
        gui, stage = self._client.gui, self._stage
        if group == PROVOKE:
            self._joint = gui.add_dropdown("Joint", stage.joints, hint="or click it in the scene")
            self._needing.append((self._joint, ""))
        whys = {}
        for action in ACTIONS:
            if action.group != group:
                continue
            why = greyed(action, stage.refused)
            if why:
                whys[action.label] = why
            self._button(action, why)
        if group == BRAIN:
            self._file = gui.add_text("Weights file", "", hint="empty: those saved last")
            self._needing.append((self._file, stage.refused.get("LoadWeights", "")))
        if group == BODY:
            self._dropdown("Body", stage.bodies, stage.body, commands.Body)
            self._dropdown("Ground", stage.grounds, stage.ground, commands.Ground)
        if group == TIME:
            self._factor = gui.add_slider("Real-time factor", min=0.1, max=3.0, step=0.1, initial_value=1.0)
            self._factor.on_update(lambda _: self._send(commands.RealtimeFactor(float(self._factor.value))))
            why = stage.refused.get("RealtimeFactor", "")
            self._needing.append((self._factor, why))
            if why:
                whys["Real-time factor"] = why
        if whys:
            lines = "".join(f"<div>{html.escape(label)}: {html.escape(why)}</div>" for label, why in whys.items())
            gui.add_html(f'<div style="padding:0 10px 6px;font-size:12px;color:#777">{lines}</div>')

    def _button(self, action: Action, why: str) -> None:
        gui = self._client.gui
        button = gui.add_button(f"{action.label}  [{action.key}]", hint=why or action.hint, color="blue")
        command = gui.add_command(action.label, description=why or action.hint, hotkey=action.key)
        for handle, listen in ((button, button.on_click), (command, command.on_trigger)):
            listen(lambda _event, action=action: self._press(action))
            self._needing.append((handle, why))

    def _dropdown(self, label: str, names: tuple[str, ...], now: str, make: Callable[[str], Command]) -> None:
        why = self._stage.refused.get(label, "")
        if not names:
            return
        chosen = self._client.gui.add_dropdown(label, names, initial_value=now)
        self._chosen[label] = chosen
        # A value that the server sets has no client: it is not a wish.
        chosen.on_update(lambda event: None if event.client_id is None else self._send(make(chosen.value)))
        self._needing.append((chosen, why))

    def _press(self, action: Action) -> None:
        frame = self._newest()
        if frame is None or greyed(action, self._stage.refused):
            return
        command = action.make(Choice(joint=self._joint.value, weights=self._file.value.strip()), self._stage, frame)
        if command is not None:
            self._send(command)

    def _send(self, command: Command) -> None:
        # The greyed buttons are a courtesy; this is the rule.
        if self._desk.may(self._id):
            self._emit(command)

    def _release_control(self) -> None:
        self._desk.release(self._id)
        self.refresh()

    def _take_control(self) -> None:
        why = self._desk.take(self._id, self._token.value)
        if why:
            self._client.add_notification("Control not taken", why, auto_close_seconds=5.0, color="red")
        self.refresh()
