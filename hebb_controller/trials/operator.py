"""The person at the robot: injected, so that a terminal, a test or nobody at all can be on the other side."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from hebb_controller.errors import BadInputError

#: The word that arms: not a bare Enter, which a cat can press.
GO, STOP = "go", "stop"


@dataclass(frozen=True)
class Operator:
    """The person.

    Attributes:
        ask: puts a question and returns the line that was typed.
        tell: shows a line.
        assumed: True: nobody is there, every checklist is taken as done. Never with a robot that can move.
    """

    ask: Callable[[str], str]
    tell: Callable[[str], None]
    assumed: bool = False

    def confirms(self, question: str) -> bool:
        """Return whether the person says yes."""
        return self.assumed or self.ask(f"{question}? type yes: ").strip().lower() == "yes"

    def arms(self, question: str) -> bool:
        """Return True once the person types `go`, False for `stop`."""
        while not self.assumed:
            word = self.ask(f"{question}: type {GO}, or {STOP}: ").strip().lower()
            if word in (GO, STOP):
                return word == GO
        return True

    def number(self, question: str) -> float | None:
        """Return the number that the person types, None for an empty line."""
        while not self.assumed:
            text = self.ask(f"{question} (Enter: not known): ").strip().replace(",", ".")
            if not text:
                return None
            try:
                return _finite(text)
            except ValueError:
                self.tell(f"{text!r} is no number")
        return None


def _finite(text: str) -> float:
    number = float(text)
    if not abs(number) < 1e6:
        raise ValueError(text)
    return number


def terminal_operator() -> Operator:
    """Return whoever sits at the terminal; without one, the first question is refused."""

    def ask(question: str) -> str:
        # A launch hands no input on, but the terminal itself is there for whoever opens it.
        if sys.stdin.isatty():
            return input(question)
        with open("/dev/tty", "w", encoding="utf-8") as screen, open("/dev/tty", encoding="utf-8") as keys:
            screen.write(question)
            screen.flush()
            line = keys.readline()
        if not line:
            raise EOFError
        return line

    def asked(question: str) -> str:
        try:
            return ask(question)
        except (EOFError, OSError) as error:
            raise BadInputError(
                f"{question.strip(' :')}: nobody is there to answer: run it in a terminal, or with --assume-yes "
                "where nothing but a simulation moves"
            ) from error

    return Operator(asked, lambda text: print(text, flush=True))


def assumed_operator() -> Operator:
    """Return nobody: every checklist is taken as done, every distance as not measured."""
    return Operator(lambda _: "", lambda text: print(text, flush=True), assumed=True)
