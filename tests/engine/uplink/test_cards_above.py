"""Who charges, as those above are asked: with all that the station has of them (2.0.1 C01, C07)."""

from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected

HASHES = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "a",
    "issuerKeyHash": "b",
    "serialNumber": "1",
    "responderURL": "http://ocsp.example",
}


async def asked(come: Come, below: str, above: str, said: dict[str, Any]) -> Any:
    site, station, csms = await come(below, above, Domain.TRANSACTIONS)
    await connected(site)
    await station.result("Authorize", said)
    [told] = await csms.heard.until("Authorize")
    return told


async def test_a_contract_is_a_contract_above(come: Come) -> None:
    more = [{"additionalIdToken": "z", "type": "y"}]
    told = await asked(
        come,
        "2.0.1",
        "2.0.1",
        {
            "idToken": {
                "idToken": "DE-ABC-123",
                "type": "eMAID",
                "additionalInfo": more,
            },
            "iso15118CertificateHashData": [HASHES],
        },
    )
    assert told["id_token"]["type"] == "eMAID"
    assert told["id_token"]["additional_info"] == [
        {"additional_id_token": "z", "type": "y"}
    ]
    [hashes] = told["iso15118_certificate_hash_data"]
    assert hashes["serial_number"] == "1"


@pytest.mark.parametrize(
    ("above", "kind"), [("2.0.1", "Central"), ("2.1", "DirectPayment")]
)
async def test_a_kind_that_those_above_may_not_know(
    come: Come, above: str, kind: str
) -> None:
    card = {"idToken": "PAID", "type": "DirectPayment"}
    told = await asked(come, "2.1", above, {"idToken": card})
    assert told["id_token"] == {"id_token": "PAID", "type": kind}


async def test_1_6_has_a_card_only(come: Come) -> None:
    card = {"idToken": "DE-ABC-123", "type": "eMAID"}
    assert await asked(come, "2.0.1", "1.6", {"idToken": card}) == {
        "id_tag": "DE-ABC-123"
    }


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        # 2.0.1 IdTokenEnumType: the number of a chip, in hexadecimal; anything else is only known above.
        ("04A2B3C4", "ISO14443"),
        ("04a2b3c4d5e6f7", "ISO14443"),
        ("CARD", "Central"),
        ("12345", "Central"),
    ],
)
async def test_what_kind_a_tag_of_1_6_is(come: Come, tag: str, kind: str) -> None:
    told = await asked(come, "1.6", "2.0.1", {"idTag": tag})
    assert told == {"id_token": {"id_token": tag, "type": kind}}
