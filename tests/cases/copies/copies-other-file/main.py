import m, o
