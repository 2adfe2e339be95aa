"""How makes of stations depart from the standard, as data. The only place that names any."""
