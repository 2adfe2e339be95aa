"""Who may charge where: answers stations from memory, and remembers whom it has refused."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from math import inf

from .control.admitting import Admitting
from .control.enforcer import Enforcer
from .control.local_lists import LocalLists
from .drivers.judging import Judge
from .drivers.listing import lines_for
from .drivers.tokens import MOST_IN_16, MOST_IN_201, plain
from .model.access import ListedToken
from .model.configuration import SiteConfig
from .model.drivers import OWN_TOKEN, Admission, Judgement, TokenPolicy, Verdict
from .model.sessions import Billing
from .model.stations import OcppVersion, Station

# Of so many transactions it is remembered who came first.
_MOST_CLAIMS = 1000

# So many refusals are remembered: a station that goes on with a transaction that it was refused is told to end it.
_MOST_REFUSED = 200


class Doorkeeper:
    """Judges tokens by the drivers and stations that the owner has set up."""

    def __init__(
        self,
        config: Callable[[], SiteConfig],
        stations: Mapping[str, Station],
        enforcer: Enforcer,
        now: Callable[[], datetime],
    ) -> None:
        """Look the configuration and the stations up here; `enforcer` asks stations what follows of it."""
        self._config = config
        self._stations = stations
        self._now = now
        self._known: tuple[object, Judge] = (None, Judge())
        # The refused transactions by station and id, and since when.
        self.refused: dict[tuple[str, str], datetime] = {}
        # Which transactions came with a token, by station and id, and in which order.
        self._claims: dict[tuple[str, str], int] = {}
        self._numbers = count(1)
        self.lists = LocalLists(self._list_for, self._strangers, now)
        # What those above say of a token that begins a transaction at a station; None: nothing.
        self.above: Callable[[str, str], Judgement | None] = lambda *_: None
        self.is_above: Callable[[str], bool] = lambda _: False
        self._enforcer = enforcer
        enforcer.errands.others += (
            Admitting(enforcer.commitments, self.refused, self._account, now),
            self.lists,
        )

    def changed(self) -> None:
        """Take that the owner has changed drivers, or what stations ask for."""
        # Whom they were refused to may be welcome now; who is not is refused when it is told of next.
        self.refused.clear()
        self.lists.changed()
        for identity in self._config().stations:
            self._enforcer.wake(identity)

    def judge(self, identity: str, token: str | None) -> Judgement:
        """Return whether the holder of a token may charge at a station; None: a button was pressed.

        Whether it is used elsewhere counts only when a transaction begins (1.6 §7.2, 2.0.1 AuthorizationStatusEnumType).
        """
        return self._judge(identity, token, frozenset())

    def judge_start(self, identity: str, token: str) -> Judgement:
        """Return whether a transaction may begin with a token that is not shown, but told a station by us."""
        return self._judge(identity, token, self._in_use(identity, ""))

    def judge_transaction(
        self, identity: str, transaction_id: str, token: str | None
    ) -> Judgement:
        """Return whether a transaction may go on with this token, and remember it if not."""
        if token is not None:
            self.claim(identity, transaction_id)
        elsewhere = self._in_use(identity, transaction_id)
        judgement = self.above(identity, token) if token else None
        if judgement is None:
            judgement = self._judge(identity, token, elsewhere)
        if judgement.accepted:
            self.refused.pop((identity, transaction_id), None)
            return judgement
        self.refuse(identity, transaction_id)
        return judgement

    def claim(self, identity: str, transaction_id: str) -> None:
        """Take that a transaction has come with a token: of two with the same one, the first goes on.

        They are judged when they are on the disk, and two that begin at once may get there in any order.
        """
        self._claims.setdefault((identity, transaction_id), next(self._numbers))
        while len(self._claims) > _MOST_CLAIMS:
            del self._claims[next(iter(self._claims))]

    def refuse(self, identity: str, transaction_id: str) -> None:
        """Have a transaction ended that may not go on, if its station does not end it by itself."""
        self.refused[identity, transaction_id] = self._now()
        self._enforcer.wake(identity)
        while len(self.refused) > _MOST_REFUSED:
            del self.refused[next(iter(self.refused))]

    def admission(self, identity: str) -> Admission:
        """Return what a station asks of those who want to charge."""
        station = self._config().stations.get(identity)
        return Admission() if station is None else station.admission

    def driver_of(self, identity: str, token: str | None) -> str | None:
        """Return on whose account a transaction of a station is, or None where that is nobody's."""
        return self._judge_now.driver_of(token, self.admission(identity))

    def billing(self) -> dict[str, Billing]:
        """Return what holds of every driver now."""
        drivers = self._config().drivers
        return {id_: Billing(one.name, one.counted) for id_, one in drivers.items()}

    def own_token(self, identity: str) -> str:
        """Return the token of a transaction that begins without a card."""
        return self._account(identity) or OWN_TOKEN

    def _account(self, identity: str) -> str | None:
        """Return the token on which whoever is plugged in at a station charges; None where that needs a card."""
        admission = self.admission(identity)
        if admission.policy is not TokenPolicy.PLUG_AND_CHARGE:
            return None
        driver = self._config().drivers.get(admission.default_driver or "")
        own = (token.value for token in driver.tokens) if driver is not None else ()
        return next((token for token in own if len(token) <= MOST_IN_16), OWN_TOKEN)

    def _list_for(self, identity: str) -> tuple[ListedToken, ...]:
        """Return whom a station is to let charge by itself, by heart."""
        if self.is_above(identity):
            # Those above send theirs.
            return ()
        station = self._stations.get(identity)
        is_oldest = station is None or station.version in {None, OcppVersion.V16}
        return lines_for(
            self._config().drivers.values(),
            identity,
            longest=MOST_IN_16 if is_oldest else MOST_IN_201,
        )

    def _strangers(self, identity: str) -> bool | None:
        """Whether those may charge who are in no list, while the house is away; None leaves it to the station."""
        is_known = self.admission(identity).policy is TokenPolicy.KNOWN
        return False if is_known and not self.is_above(identity) else None

    @property
    def _judge_now(self) -> Judge:
        drivers = self._config().drivers
        if self._known[0] is not drivers:
            self._known = drivers, Judge(drivers.values())
        return self._known[1]

    def _judge(
        self, identity: str, token: str | None, elsewhere: frozenset[str]
    ) -> Judgement:
        if identity not in self._stations or token == "":
            return Judgement(Verdict.UNKNOWN)
        return self._judge_now.judge(
            token, identity, self.admission(identity), self._now(), elsewhere
        )

    def _in_use(self, identity: str, transaction_id: str) -> frozenset[str]:
        """Return the tokens of all other transactions that run, and came before."""
        mine = self._claims.get((identity, transaction_id), inf)
        return frozenset(
            plain(running.token)
            for station in self._stations.values()
            for evse in station.evses.values()
            # Nobody is kept from charging by a station that is away and may know better by now.
            if station.connected
            and evse.wants_energy
            and (running := evse.transaction) is not None
            and running.is_open
            and running.token is not None
            and (evse.key.identity, running.id) != (identity, transaction_id)
            and (evse.key.identity, running.id) not in self.refused
            and self._claims.get((evse.key.identity, running.id), 0) < mine
        )
