x = {a: "<<k>>" for a in "ab"}
