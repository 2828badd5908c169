"""The exchange of files as the pages call it: registrations given away, and taken in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.accounts.holders import HELD_DAYS
from agent.accounts.service import AccountsService
from agent.exchange import columns, mapping, rejects
from agent.exchange.asking import Requests
from agent.exchange.exports import Exports
from agent.exchange.forgetting import Forgetting
from agent.exchange.imports import MOST_MEGABYTES, Imports
from agent.exchange.views import Rejection
from agent.register.service import RegisterService

__all__ = ["HELD_DAYS", "MOST_MEGABYTES", "ExchangeService"]


class ExchangeService:
    """Files of the register.

    Attributes:
        exports: what is given away.
        requests: what is to be given away with a second person's word.
        imports: what is taken in.

    Args:
        register: the registrations.
        accounts: who sits there.
        worked_days: tells how many days the station has been at work; without it nothing is ever old enough to go.
    """

    def __init__(
        self, register: RegisterService, accounts: AccountsService, worked_days: Callable[[], int] = lambda: 0
    ) -> None:
        self.requests = Requests(register.place, accounts)
        self.exports = Exports(register.place, accounts, self.requests)
        self.imports = Imports(register.place, accounts)
        self._forgetting = Forgetting(register.place, worked_days)

    @staticmethod
    def given(language: str) -> list[tuple[str, str, bool]]:
        """The columns that can be given away: key, name, whether it is a usual one."""
        return [(key, named.head(language), key in columns.USUAL) for key, named in columns.names().items()]

    @staticmethod
    def taken(language: str) -> list[tuple[str, str]]:
        """The fields that a column can be for: key and name."""
        return [(key, columns.names()[key].head(language)) for key in columns.taken()]

    @staticmethod
    def name(key: str, language: str) -> str:
        """What a column is called."""
        return columns.names()[key].head(language) if key in columns.names() else key

    @staticmethod
    def constants() -> Sequence[str]:
        """The fields of which one value may hold for all rows."""
        return mapping.CONSTANTS

    @staticmethod
    def editions() -> dict[str, tuple[str, ...]]:
        """The editions of codes that are known besides our own, by field."""
        return {key: tuple(known) for key, known in mapping.editions().items()}

    @staticmethod
    def reasons(rejection: Rejection, language: str) -> list[str]:
        """Why a row is not taken in as it is."""
        return [rejects.reason(problem, language) for problem in rejection.problems]

    def start(self) -> None:
        """Tell what the last start of the agent left unended."""
        self.imports.start()

    def stop(self) -> None:
        """End what is under way."""
        self.imports.stop()

    def keep_house(self) -> None:
        """Let go of what has lain here for long.  Raises: CodedError when disk or database fail."""
        self.exports.drop_old()
        self.imports.drop_old()
        self._forgetting.keep_house()
