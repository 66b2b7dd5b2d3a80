"""The arithmetic of thumbnails, apart from the platform."""


def fit(width, height, side):
    """The size that keeps the picture's shape with `side` as its longer side."""
    longer = max(width, height)
    return {
        "width": max(1, (width * side + longer // 2) // longer),
        "height": max(1, (height * side + longer // 2) // longer),
    }


def plan(width, height, sides, max_side):
    """One size for every wanted side, none larger than the picture or than max_side, largest first, each once."""
    largest = min(max(width, height), max_side)
    wanted = sorted({min(side, largest) for side in sides}, reverse=True)
    return [fit(width, height, side) for side in wanted]
