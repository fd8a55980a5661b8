import json

FEED_TOKEN = "<<a>>"
feeds = []

for name in ("orders", "stock"):
    feeds.append(json.dumps({"feed": name, "length": len(FEED_TOKEN)}))
