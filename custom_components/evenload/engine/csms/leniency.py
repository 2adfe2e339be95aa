"""What stations get slightly wrong, field by field, and what it is taken for. Source: reference on stations in the field, pains 21, 22, 24."""

# A text that is longer than the schema allows is kept up to this: serials of 30 characters are met, essays are not.
LONGEST_TEXT = 1000

# Of 64 bits, with a sign: some stations have transaction ids of 2^63-1.
LONGEST_NUMBER = 20

# What an unknown word in these fields is taken for, where the version has that word.
CATCH_ALL = {
    "errorCode": ("OtherError",),
    # Of a transaction's end (1.6), and of a boot (2.x).
    "reason": ("Other", "Unknown"),
    "stoppedReason": ("Other",),
    "triggerReason": ("Trigger",),
    "context": ("Other",),
    "chargingLimitSource": ("Other",),
    # Of a token.
    "type": ("Central",),
}

# Words of 1.6 in a field that 2.x has made poorer.
SYNONYMS = {
    "connectorStatus": {
        "preparing": "Occupied",
        "charging": "Occupied",
        "suspendedev": "Occupied",
        "suspendedevse": "Occupied",
        "finishing": "Occupied",
    }
}

# A word that a later version knows says as much in an earlier one (2.1's AC_BPT and DC_BPT in 2.0.1).
OPEN = frozenset({"requestedEnergyTransfer"})
LONGEST_WORD = 50

# So does a field, by what it stands in (2.1's words for vehicles that feed back, in 2.0.1).
LATER = {
    "chargingNeeds": frozenset({"availableEnergyTransfer", "v2xChargingParameters"})
}

# What stations leave out and nothing here goes by; with the field that it is in, where others of its name matter.
DEFAULTS: dict[str, object] = {
    # Which event of a transaction came later is told by its time, too.
    "seqNo": 0,
    "idToken.type": "Central",
    "chargingStation.vendorName": "",
    "chargingStation.model": "",
    "dataType": "string",
    "supportsMonitoring": False,
    "generatedAt": "",
    "trigger": "Alerting",
    "eventNotificationType": "HardWiredNotification",
    "triggerReason": "Trigger",
    "reason": "Unknown",
}

# What is now where a message leaves it out.
NOW = "timestamp"

# Where 1.6 has what 2.x has in an object of its own.
FORMER = {
    "chargingStation": {
        "vendorName": ("chargePointVendor",),
        "model": ("chargePointModel",),
        "serialNumber": ("chargePointSerialNumber", "chargeBoxSerialNumber"),
        "firmwareVersion": ("firmwareVersion",),
    }
}

# Units as stations write them. 1.6 has no word for hertz, and a frequency needs none.
UNITS = {"%": "Percent", "c": "Celsius", "°c": "Celsius", "hz": None, "hertz": None}

# Phases as they stand in the measurands of some stations.
PHASES = frozenset({"L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N"})

# A fraction of a watt-hour is not worth a session.
ROUNDED = frozenset(
    {
        "meterStart",
        "meterStop",
        "energyAmount",
        "evMinCurrent",
        "evMaxCurrent",
        "evMaxVoltage",
        "evMaxPower",
        "evEnergyCapacity",
        "stateOfCharge",
    }
)

# Lists of meter values: one that cannot be read does not cost the rest.
METER_VALUES = frozenset({"meterValue", "transactionData"})

# Lists of other things of which the same is true.
LISTS = frozenset(
    {"eventData", "reportData", "monitor", "chargingProfile", "messageInfo"}
)

# What a message can do without, wherever it stands.
DECORATION = frozenset(
    {
        "customData",
        "statusInfo",
        "signedMeterValue",
        "modem",
        "chargingState",
        "cableMaxCurrent",
        "numberOfPhasesUsed",
        "timeSpentCharging",
        "costDetails",
        "transactionLimit",
        "operationMode",
        "preconditioningStatus",
        "techInfo",
    }
)

# Truths as texts.
TRUTH = {"true": True, "false": False}
