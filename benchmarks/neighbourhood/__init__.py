"""Homes of many kinds in virtual time: what flows in them is known exactly, and judged by arithmetic of their own."""
