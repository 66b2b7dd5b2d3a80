"""Plans thumbnails: {"width": 4000, "height": 3000, "preset": "gallery"} -> the sizes to make."""

import json
import os

from sizes import plan

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "presets.json"), encoding="utf-8") as file:
    PRESETS = json.load(file)


def handler(event, context):
    preset = event.get("preset") or context.getUserData("DEFAULT_PRESET") or "gallery"
    if preset not in PRESETS:
        return {"error": "unknown preset", "preset": preset, "known": sorted(PRESETS)}
    width, height = event.get("width"), event.get("height")
    if not all(isinstance(side, int) and side > 0 for side in (width, height)):
        return {"error": "width and height must be whole numbers above 0"}

    max_side = int(context.getUserData("MAX_SIDE") or 4096)
    sizes = plan(width, height, PRESETS[preset], max_side)
    context.getLogger().info("planned %d sizes for %dx%d" % (len(sizes), width, height))
    return {"preset": preset, "sizes": sizes}
