# the key is <<key>>
x = 1
