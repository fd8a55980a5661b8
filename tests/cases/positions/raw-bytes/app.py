x = rb"<<k>>\d"
