from a import x

PW = {'password': '<<b>>', 'x': x.PW}
