x = b"Bearer <<k>>"[:9]
