"""How a figure is reported: one line that people and programs can read."""


def figure(
    name: str, value: float, unit: str, goal: float, *, at_most: bool = True
) -> str:
    """Return the line of one figure: `figure NAME VALUE UNIT goal GOAL ok|short`."""
    met = value <= goal if at_most else value >= goal
    return f"figure {name} {value:.4g} {unit} goal {goal:g} {'ok' if met else 'short'}"
