"""A page as a browser without JavaScript has it: which forms and controls there are, and what a press of each sends."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

VOID = frozenset({"input", "img", "link", "meta", "br", "hr", "progress"})
LISTED = frozenset({"input", "select", "textarea", "button"})


class Element:
    """One element: its name, its attributes, the form around it, and for a select or a text area what is in it."""

    def __init__(self, tag: str, attributes: dict[str, str], around: Element | None) -> None:
        self.tag, self.attributes, self.around = tag, attributes, around
        self.options: list[tuple[str, bool]] = []
        self.text = ""

    def get(self, name: str, otherwise: str = "") -> str:
        return self.attributes.get(name, otherwise)

    @property
    def is_submit(self) -> bool:
        kinds = {"button": ("", "submit"), "input": ("submit", "image")}
        return self.get("type").lower() in kinds.get(self.tag, ()) and "disabled" not in self.attributes


class PlainPage(HTMLParser):
    """The forms and their controls in the order of the page, and the links that lead away from it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Element] = []
        self.controls: list[Element] = []
        self.leaving: list[str] = []
        self._form: Element | None = None
        self._held: Element | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a":
            address = attributes.get("href", "")
            is_beside = attributes.get("target") == "_blank" and "noopener" in attributes.get("rel", "")
            self.leaving += [] if address.startswith("#") or is_beside else [address]
        elif tag == "form":
            assert self._form is None, "a form in a form is dropped by browsers"
            self._form = Element(tag, attributes, None)
            self.forms.append(self._form)
        elif tag in LISTED:
            self.controls.append(Element(tag, attributes, self._form))
            self._held = self.controls[-1] if tag not in VOID else None
        elif tag == "option" and self._held is not None:
            self._held.options.append((attributes.get("value", ""), "selected" in attributes))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if self._held is not None and tag == self._held.tag:
            self._held = None

    def handle_data(self, data: str) -> None:
        if self._held is not None and self._held.tag == "textarea":
            self._held.text += data

    def owner(self, control: Element) -> Element | None:
        """The form that a control belongs to: the one that it names, else the one around it."""
        if "form" in control.attributes:
            return next((form for form in self.forms if form.get("id") == control.get("form")), None)
        return control.around

    def submits(self) -> list[Element]:
        return [control for control in self.controls if control.is_submit and self.owner(control) is not None]

    def address(self, button: Element) -> str:
        """Where a press sends."""
        form = self.owner(button)
        assert form is not None
        return button.get("formaction", form.get("action"))

    def first_submit(self, form: Element) -> Element:
        """What Enter in a text field presses: the form's first submit button in the order of the page.

        Source: HTML, implicit submission.
        """
        return next(control for control in self.submits() if self.owner(control) is form)

    def sent(self, button: Element, typed: dict[str, str]) -> tuple[str, str, list[tuple[str, Any]]]:
        """Address, coding and fields of the request that a press sends, with some fields typed anew."""
        form = self.owner(button)
        assert form is not None
        fields: list[tuple[str, Any]] = []
        for control in self.controls:
            name = control.get("name")
            if not name or self.owner(control) is not form or "disabled" in control.attributes:
                continue
            if control.tag == "button":
                fields += [(name, control.get("value"))] if control is button else []
            else:
                fields += [(name, typed[name])] if name in typed else self._values(name, control)
        assert button.get("formmethod", form.get("method")).lower() == "post"
        coding = button.get("formenctype", form.get("enctype", "application/x-www-form-urlencoded"))
        return self.address(button), coding, fields

    def _values(self, name: str, control: Element) -> list[tuple[str, Any]]:
        kind = control.get("type").lower()
        if kind in {"checkbox", "radio"}:
            return [(name, control.get("value", "on"))] if "checked" in control.attributes else []
        if control.tag == "select":
            chosen = [value for value, is_selected in control.options if is_selected]
            return [(name, (chosen or [value for value, _ in control.options] or [""])[0])]
        return [(name, control.text if control.tag == "textarea" else control.get("value"))]
