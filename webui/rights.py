"""Who may call what: one table for every endpoint.  What does not stand here is refused."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Access(Enum):
    """Who may come in."""

    ANYONE = "anyone"
    SIGNED_IN = "signed-in"
    CLERK = "clerk"
    TECHNICIAN = "technician"
    SUPERVISOR = "supervisor"
    READERS = "readers"
    PRACTICE = "practice"

    def allows(self, role: str | None) -> bool:
        """Tell whether a session of `role` may come in; None is a visitor without a session."""
        if self is Access.ANYONE:
            return True
        return role in _ROLES[self]


_ROLES: Final = {
    Access.SIGNED_IN: frozenset({"clerk", "technician", "supervisor"}),
    Access.CLERK: frozenset({"clerk"}),
    Access.TECHNICIAN: frozenset({"technician"}),
    Access.SUPERVISOR: frozenset({"supervisor"}),
    Access.READERS: frozenset({"clerk", "supervisor"}),
    Access.PRACTICE: frozenset({"clerk", "technician"}),
}

TABLE: Final[dict[str, Access]] = {
    "static": Access.ANYONE,
    "assets.bootstrap_css": Access.ANYONE,
    "assets.bootstrap_image": Access.ANYONE,
    "health.healthz": Access.ANYONE,
    "accounts.sign_in_page": Access.ANYONE,
    "accounts.sign_in": Access.ANYONE,
    "accounts.enrol_page": Access.ANYONE,
    "accounts.enrol": Access.ANYONE,
    "accounts.language": Access.ANYONE,
    "accounts.sign_out": Access.SIGNED_IN,
    "accounts.lock_page": Access.SIGNED_IN,
    "accounts.unlock": Access.SIGNED_IN,
    "accounts.lock_left": Access.SIGNED_IN,
    "accounts.password_page": Access.SIGNED_IN,
    "accounts.change_password": Access.SIGNED_IN,
    "home.start": Access.SIGNED_IN,
    "home.go_on": Access.SIGNED_IN,
    "events.stream": Access.SIGNED_IN,
    "desk.page": Access.CLERK,
    "desk.take": Access.CLERK,
    "desk.full_names": Access.CLERK,
    "desk.read_card": Access.CLERK,
    "desk.answer": Access.CLERK,
    "desk.without_card": Access.CLERK,
    "drafts.keep": Access.CLERK,
    "drafts.read_card": Access.CLERK,
    "drafts.take_offer": Access.CLERK,
    "drafts.take_proposal": Access.CLERK,
    "drafts.leave_household": Access.CLERK,
    "drafts.put_aside": Access.CLERK,
    "drafts.show_notice": Access.CLERK,
    "drafts.show_papers": Access.CLERK,
    "drafts.show_photos": Access.CLERK,
    "drafts.resume": Access.CLERK,
    "drafts.discard": Access.CLERK,
    "drafts.save": Access.CLERK,
    "drafts.second_person": Access.CLERK,
    "households.page": Access.CLERK,
    "notice.current": Access.READERS,
    "notice.page": Access.READERS,
    "households.search": Access.CLERK,
    "households.add_member": Access.CLERK,
    "register.page": Access.READERS,
    "register.record": Access.READERS,
    "register.show_in_full": Access.READERS,
    "register.mask_again": Access.READERS,
    "register.search": Access.READERS,
    "board.page": Access.READERS,
    "board.lanes": Access.READERS,
    "board.lines": Access.READERS,
    "board.print_list": Access.READERS,
    "corrections.page": Access.CLERK,
    "corrections.keep": Access.CLERK,
    "corrections.second_person": Access.CLERK,
    "corrections.take_stored": Access.CLERK,
    "corrections.give_up": Access.CLERK,
    "corrections.save": Access.CLERK,
    "cancellations.page": Access.CLERK,
    "cancellations.keep": Access.CLERK,
    "cancellations.give_up": Access.CLERK,
    "cancellations.enter": Access.CLERK,
    "cancellations.restore": Access.CLERK,
    "duplicates.page": Access.CLERK,
    "duplicates.compare": Access.CLERK,
    "duplicates.show_in_full": Access.CLERK,
    "duplicates.mask_again": Access.CLERK,
    "duplicates.merge": Access.CLERK,
    "duplicates.find_distinct": Access.CLERK,
    "duplicates.undo_distinct": Access.CLERK,
    "duplicates.part": Access.CLERK,
    "exports.page": Access.SUPERVISOR,
    "exports.make": Access.SUPERVISOR,
    "exports.file": Access.SUPERVISOR,
    "export_requests.page": Access.SUPERVISOR,
    "export_requests.agree": Access.SUPERVISOR,
    "export_requests.refuse": Access.SUPERVISOR,
    "export_requests.withdraw": Access.SUPERVISOR,
    "export_requests.make": Access.SUPERVISOR,
    "imports.page": Access.SUPERVISOR,
    "imports.upload": Access.SUPERVISOR,
    "imports.check": Access.SUPERVISOR,
    "imports.run": Access.SUPERVISOR,
    "imports.cancel": Access.SUPERVISOR,
    "imports.drop": Access.SUPERVISOR,
    "imports.rejections": Access.SUPERVISOR,
    "audit.page": Access.SUPERVISOR,
    "audit.look": Access.SUPERVISOR,
    "users.page": Access.SUPERVISOR,
    "users.person": Access.SUPERVISOR,
    "users.add": Access.SUPERVISOR,
    "users.new_code": Access.SUPERVISOR,
    "users.disable": Access.SUPERVISOR,
    "users.enable": Access.SUPERVISOR,
    "tables.page": Access.SUPERVISOR,
    "tables.one": Access.SUPERVISOR,
    "tables.csv": Access.SUPERVISOR,
    "tables.upload": Access.SUPERVISOR,
    "tables.waiting": Access.SUPERVISOR,
    "tables.give_up": Access.SUPERVISOR,
    "tables.confirm": Access.SUPERVISOR,
    "rules.one": Access.SUPERVISOR,
    "rules.change": Access.SUPERVISOR,
    "rules.withdraw": Access.SUPERVISOR,
    "scans.ended": Access.CLERK,
    "documents.page": Access.READERS,
    "documents.picture": Access.READERS,
    "documents.thumbnail": Access.READERS,
    "documents.pdf": Access.READERS,
    "documents.scan": Access.CLERK,
    "documents.preview": Access.CLERK,
    "documents.preview_picture": Access.CLERK,
    "documents.drop_preview": Access.CLERK,
    "documents.cancel": Access.CLERK,
    "documents.take_press": Access.CLERK,
    "documents.upload": Access.CLERK,
    "documents.change": Access.CLERK,
    "documents.remove_blanks": Access.CLERK,
    "documents.count": Access.CLERK,
    "cards.scan": Access.CLERK,
    "cards.scan_back": Access.CLERK,
    "cards.scan_front": Access.CLERK,
    "cards.change": Access.CLERK,
    "straighten.page": Access.CLERK,
    "straighten.decide": Access.CLERK,
    "straighten.accept_all": Access.CLERK,
    "straighten.original": Access.CLERK,
    "photos.page": Access.READERS,
    "photos.picture": Access.READERS,
    "photos.still": Access.CLERK,
    "photos.frame_page": Access.CLERK,
    "photos.frame": Access.CLERK,
    "photos.take": Access.CLERK,
    "photos.set_camera": Access.CLERK,
    "photos.use": Access.CLERK,
    "photos.drop": Access.CLERK,
    "photos.live": Access.CLERK,
    "photos.glance": Access.CLERK,
    "printing.make": Access.READERS,
    "printing.page": Access.READERS,
    "printing.sheet": Access.READERS,
    "printing.pdf": Access.READERS,
    "media.card_picture": Access.CLERK,
    "devices.page": Access.TECHNICIAN,
    "devices.restart": Access.TECHNICIAN,
    "devices.self_test": Access.TECHNICIAN,
    "devices.use_question": Access.TECHNICIAN,
    "devices.use": Access.TECHNICIAN,
    "devices.order_question": Access.TECHNICIAN,
    "devices.give_order": Access.TECHNICIAN,
    "practice.page": Access.PRACTICE,
    "practice.lay": Access.PRACTICE,
    "practice.lift": Access.PRACTICE,
    "practice.fill_feeder": Access.PRACTICE,
    "practice.lay_on_glass": Access.PRACTICE,
    "practice.empty": Access.PRACTICE,
    "practice.clear": Access.PRACTICE,
    "practice.seat": Access.PRACTICE,
    "practice.leave": Access.PRACTICE,
    "practice.sitter_picture": Access.PRACTICE,
    "practice.set_camera": Access.PRACTICE,
    "practice.empty_card": Access.PRACTICE,
    "practice.switch_on": Access.PRACTICE,
    "practice.switch_off": Access.PRACTICE,
}


NO_PAGES: Final = frozenset(
    {
        "static", "assets.bootstrap_css", "assets.bootstrap_image", "health.healthz", "accounts.lock_left",
        "events.stream", "documents.picture", "documents.thumbnail", "documents.pdf", "documents.preview_picture",
        "straighten.original", "media.card_picture", "scans.ended", "practice.sitter_picture",
        "exports.file", "imports.rejections",
        "printing.sheet", "printing.pdf", "photos.picture", "photos.still", "photos.live", "photos.glance",
        "tables.csv",
    }
)  # fmt: skip
"""What answers a GET with something else than a page for people."""


def access_of(endpoint: str | None) -> Access | None:
    """Look up who may call `endpoint`; None means nobody."""
    return None if endpoint is None else TABLE.get(endpoint)
