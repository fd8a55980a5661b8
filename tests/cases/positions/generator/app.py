x = list(a + "<<k>>" for a in "ab")
