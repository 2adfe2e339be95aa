"""What planning expects of the next hours: prices, sun, house, vehicles and departures, as Home Assistant knows them."""
