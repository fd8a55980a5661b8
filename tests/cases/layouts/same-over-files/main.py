from pkg import a, b, c
