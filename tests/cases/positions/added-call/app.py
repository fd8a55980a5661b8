x = str(1) + "<<k>>" + str(2)
