x = "{a}".format_map({"a": "<<k>>"})
