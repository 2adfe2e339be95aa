"""The home over HTTP: its meter to read, its stations to handle."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from aiohttp import web

from simulator.acts import misbehave
from simulator.clock import ForwardClock
from simulator.home import Home
from simulator.ocppj.frames import CallError
from simulator.ocppj.link import NotConnected
from simulator.outlook import forecast_view, prices_view
from simulator.simulated import SimulatedStation
from simulator.vehicles import vehicle_from
from simulator.view import meter_view, profiles_view, station_view

HOME = web.AppKey("home", Home)


class _Problem(Exception):
    """A request that cannot be served; the message says what to ask for instead."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@web.middleware
async def _as_json(
    request: web.Request,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> web.StreamResponse:
    """Say what went wrong in one sentence."""
    try:
        return await handler(request)
    except _Problem as problem:
        return web.json_response({"error": str(problem)}, status=problem.status)
    except ValueError as error:
        return web.json_response({"error": str(error)}, status=400)
    except (NotConnected, CallError, TimeoutError) as error:
        return web.json_response(
            {"error": f"{type(error).__name__}: {error}"}, status=409
        )


async def _meter(request: web.Request) -> web.Response:
    if not request.app[HOME].meter_has_power and request.transport is not None:
        request.transport.close()
    return web.json_response(meter_view(request.app[HOME].household))


async def _stations(request: web.Request) -> web.Response:
    stations = request.app[HOME].stations.values()
    return web.json_response([station_view(station) for station in stations])


async def _appliances(request: web.Request) -> web.Response:
    household = request.app[HOME].household
    on = {name: name in household.switched_on for name in household.appliances}
    return web.json_response(on)


async def _switch(request: web.Request) -> web.Response:
    name, body = request.match_info["name"], await _body(request)
    household = request.app[HOME].household
    if name not in household.appliances:
        raise _Problem(404, f"there are {', '.join(household.appliances)}")
    on = _on(body)
    household.switch(name, on)
    return web.json_response({name: on})


async def _prices(request: web.Request) -> web.Response:
    return web.json_response(prices_view(request.app[HOME].clock.now()))


async def _forecast(request: web.Request) -> web.Response:
    home = request.app[HOME]
    return web.json_response(forecast_view(home.household, home.clock.now()))


async def _meter_plug(request: web.Request) -> web.Response:
    return web.json_response({"on": request.app[HOME].meter_has_power})


async def _plug_meter(request: web.Request) -> web.Response:
    request.app[HOME].meter_has_power = _on(await _body(request))
    return await _meter_plug(request)


async def _sun(request: web.Request) -> web.Response:
    return web.json_response({"on": not request.app[HOME].household.clouded})


async def _cloud(request: web.Request) -> web.Response:
    request.app[HOME].household.clouded = not _on(await _body(request))
    return await _sun(request)


async def _forward(request: web.Request) -> web.Response:
    """Put the clock forward, of the house and of all stations."""
    clock, body = request.app[HOME].clock, await _body(request)
    seconds = body.get("seconds")
    if not isinstance(clock, ForwardClock) or not isinstance(seconds, int | float):
        raise _Problem(400, '"seconds" is a number')
    clock.forward(seconds)
    return web.json_response({"now": clock.now().isoformat()})


async def _plug(request: web.Request) -> web.Response:
    station, evse_id = _evse(request)
    described = (await _body(request)).get("vehicle")
    usual = request.app[HOME].places[station.identity].usual_car
    station.plug_in(evse_id, usual() if described is None else vehicle_from(described))
    return web.json_response(station_view(station))


async def _unplug(request: web.Request) -> web.Response:
    station, evse_id = _evse(request)
    station.unplug(evse_id)
    return web.json_response(station_view(station))


async def _car(request: web.Request) -> web.Response:
    """Have the usual car on the cable, or none; what is so already stays so."""
    station, evse_id = _evse(request)
    wanted = _on(await _body(request))
    if wanted is not (station.evse(evse_id).vehicle is not None):
        return await (_plug if wanted else _unplug)(request)
    return web.json_response(station_view(station))


async def _soc(request: web.Request) -> web.Response:
    """Charge or empty the battery of the car on the cable at once."""
    station, evse_id = _evse(request)
    percent = (await _body(request)).get("percent")
    vehicle = station.evse(evse_id).vehicle
    if vehicle is None or not isinstance(percent, int | float):
        raise _Problem(400, '"percent" is a number, of the car that is there')
    vehicle.soc_percent = max(0.0, min(100.0, float(percent)))
    return web.json_response(station_view(station))


async def _fault(request: web.Request) -> web.Response:
    station = _station(request)
    await misbehave(station, await _body(request))
    return web.json_response(station_view(station))


async def _tag(request: web.Request) -> web.Response:
    station, body = _station(request), await _body(request)
    evse_id, tag = body.get("evse", 1), body.get("tag")
    if evse_id not in station.station.evses or not isinstance(tag, str):
        raise _Problem(400, '"tag" is a text, and "evse" the number of an EVSE')
    return web.json_response({"done": await station.present_tag(evse_id, tag)})


async def _profiles(request: web.Request) -> web.Response:
    return web.json_response(profiles_view(_station(request)))


async def _frames(request: web.Request) -> web.Response:
    frames = _station(request).frames
    return web.json_response([{"direction": way, "text": text} for way, text in frames])


def _on(body: dict[str, Any]) -> bool:
    """Whether a thing is to be on."""
    if not isinstance(on := body.get("on"), bool):
        raise _Problem(400, '"on" is true or false')
    return on


async def _body(request: web.Request) -> dict[str, Any]:
    """The request's JSON object; nothing at all counts as an empty one."""
    text = await request.text()
    try:
        body = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise _Problem(400, f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise _Problem(400, "the body is no JSON object")
    return body


def _station(request: web.Request) -> SimulatedStation:
    stations = request.app[HOME].stations
    identity = request.match_info["identity"]
    if identity not in stations:
        raise _Problem(404, f"there are {', '.join(stations)}")
    return stations[identity]


def _evse(request: web.Request) -> tuple[SimulatedStation, int]:
    station, evse_id = _station(request), int(request.match_info["evse"])
    if evse_id not in station.station.evses:
        raise _Problem(
            404, f"{station.identity} has {len(station.station.evses)} EVSEs"
        )
    return station, evse_id


def application(home: Home) -> web.Application:
    """The HTTP interface of a home."""
    app = web.Application(middlewares=[_as_json])
    app[HOME] = home
    app.add_routes(
        [
            web.get("/meter", _meter),
            web.get("/meter/plug", _meter_plug),
            web.post("/meter/plug", _plug_meter),
            web.get("/prices", _prices),
            web.get("/forecast", _forecast),
            web.get("/sun", _sun),
            web.post("/sun", _cloud),
            web.post("/clock/forward", _forward),
            web.get("/appliances", _appliances),
            web.post("/appliances/{name}", _switch),
            web.get("/stations", _stations),
            web.post(r"/stations/{identity}/{evse:\d+}/plug", _plug),
            web.post(r"/stations/{identity}/{evse:\d+}/unplug", _unplug),
            web.post(r"/stations/{identity}/{evse:\d+}/car", _car),
            web.post(r"/stations/{identity}/{evse:\d+}/soc", _soc),
            web.post("/stations/{identity}/fault", _fault),
            web.post("/stations/{identity}/tag", _tag),
            web.get("/stations/{identity}/profiles", _profiles),
            web.get("/stations/{identity}/frames", _frames),
        ]
    )
    return app


async def listen(home: Home, port: int) -> tuple[web.AppRunner, str]:
    """Serve a home on the loopback; returns what to clean up, and the address."""
    runner = web.AppRunner(application(home), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host, bound_port = runner.addresses[0][:2]
    return runner, f"http://{host}:{bound_port}"
