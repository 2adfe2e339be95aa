"""Discharging: who may, how much, and telling the stations so."""
