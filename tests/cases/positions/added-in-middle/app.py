x = "Bearer " + "<<k>>" + ";"
