# own queue
X = 1
