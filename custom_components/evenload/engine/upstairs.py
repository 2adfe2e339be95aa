"""Who is told what one station says, and asked who may charge there: the CSMS above it, if there is one (`csms.host.Above`)."""

from typing import Any

from .csms.v2.tokens import token_info
from .csms.v16.access import tag_info
from .model.access import TokenKind
from .model.stations import OcppVersion
from .uplink.weights import is_of_transaction
from .uplinks import Uplinks


class Upstairs:
    """Looks up at every word whether anybody is to hear it: that may be set up at any time."""

    def __init__(self, identity: str, uplinks: Uplinks) -> None:
        """Listen to one station."""
        self._identity = identity
        self._uplinks = uplinks

    def asks(self, action: str) -> bool:
        """Whether the answer to an action waits for those above."""
        return action == "Authorize" and self._uplinks.asks(self._identity)

    async def ask(
        self, _action: str, payload: dict[str, Any], answer: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what those above say of a token; the house's own answer, where they say nothing in time."""
        if "idTag" in payload:
            judgement = await self._uplinks.judge(
                self._identity, payload["idTag"], payload
            )
            return answer if judgement is None else {"idTagInfo": tag_info(judgement)}
        id_token = payload["idToken"]
        if id_token["type"] == TokenKind.NO_AUTHORIZATION:
            return answer
        judgement = await self._uplinks.judge(
            self._identity, id_token["idToken"], payload
        )
        if judgement is None:
            return answer
        said = {**answer, "idTokenInfo": token_info(judgement)}
        if not judgement.accepted:
            # What its vehicle might do is of no matter then.
            said.pop("allowedEnergyTransfer", None)
            if "certificateStatus" in said:
                said["certificateStatus"] = "ContractCancelled"
        return said

    def keeps(self, action: str, payload: dict[str, Any]) -> bool:
        """Whether it is of a transaction, and somebody above is told of that."""
        return is_of_transaction(action, payload) and self._uplinks.hears(
            self._identity
        )

    async def kept(self) -> None:
        """Return when all that was told is on the disk, or soon where it cannot be."""
        await self._uplinks.kept()

    def told(
        self,
        version: OcppVersion,
        action: str,
        payload: dict[str, Any],
        answer: dict[str, Any],
    ) -> None:
        """Have it told to those above."""
        self._uplinks.told(self._identity, version, action, payload, answer)
