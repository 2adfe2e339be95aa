"""A Home Assistant to measure."""
