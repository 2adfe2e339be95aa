"""What flows out of a vehicle, told once and with one sign, however a station tells it (1.6 §7.31; 2.x MeasurandEnumType).

OCPP tells both directions as magnitudes, import and export. Some stations let import go below 0, some tell that beside
export, and some write export below 0.
"""

from collections.abc import Iterable
from dataclasses import replace

from ..model.readings import Location, Sample

_IMPORT, _EXPORT = "Import", "Export"

# Quantities that have a direction and are no registers.
_SIGNED = ("Power.Active", "Current")

type _Place = tuple[str, str | None, Location]


def signed(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """Return the samples of one moment with nothing told twice; a current that flows out is an import below 0."""
    told = tuple(samples)
    if not any(_is(sample, _EXPORT) for sample in told):
        return told
    exported: dict[_Place, float] = {}
    imported: dict[_Place, float] = {}
    for sample in told:
        if _is(sample, _EXPORT):
            exported[_place(sample)] = sample.value
        elif _is(sample, _IMPORT):
            imported[_place(sample)] = sample.value
    found = [_made_right(sample, imported, exported) for sample in told]
    # Who tells of a current only that it flows out.
    found.extend(
        replace(
            sample,
            measurand=f"Current.{_IMPORT}",
            value=_net(sample, imported, exported),
        )
        for sample in told
        if sample.measurand == f"Current.{_EXPORT}" and _place(sample) not in imported
    )
    return tuple(found)


def _made_right(
    sample: Sample, imported: dict[_Place, float], exported: dict[_Place, float]
) -> Sample:
    place = _place(sample)
    if place not in exported or not (_is(sample, _IMPORT) or _is(sample, _EXPORT)):
        return sample
    net = _net(sample, imported, exported)
    if _is(sample, _EXPORT):
        return replace(sample, value=max(-net, 0.0)) if place in imported else sample
    is_power = sample.measurand.startswith("Power")
    return replace(sample, value=max(net, 0.0) if is_power else net)


def _net(
    sample: Sample, imported: dict[_Place, float], exported: dict[_Place, float]
) -> float:
    """Return import less export; where one of them is the other once more, or below 0 by mistake, what is meant."""
    place = _place(sample)
    into, out = imported.get(place), exported[place]
    match into:
        case None:
            return -out
        case _ if into < 0 < out or (into <= 0 and out < 0):
            # Both say that it flows out.
            return -abs(out)
        case _ if out < 0 < into:
            return into
        case _:
            return into - out


def _place(sample: Sample) -> _Place:
    return _quantity(sample), sample.phase, sample.location


def _quantity(sample: Sample) -> str:
    return sample.measurand.rpartition(".")[0]


def _is(sample: Sample, way: str) -> bool:
    return sample.measurand.endswith(way) and _quantity(sample) in _SIGNED
