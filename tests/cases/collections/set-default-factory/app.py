from collections import defaultdict

D = defaultdict(lambda: {"password": "<<a>>"})
