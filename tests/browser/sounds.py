"""What a page sounds, by the pitches of its tones."""

from __future__ import annotations

from typing import Any

# Each start of an oscillator is written down by its pitch; it survives a reload in the tab's own storage.
SPY = """() => {
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    sessionStorage.setItem("heard", (sessionStorage.getItem("heard") ?? "") + this.frequency.value + " ");
    return start.apply(this, when);
  };
}"""
REFUSAL = ["330", "262"]


def heard(clerk: Any) -> list[str]:
    return (clerk.page.evaluate("sessionStorage.getItem('heard')") or "").split()
