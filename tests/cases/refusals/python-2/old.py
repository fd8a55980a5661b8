print "hello"
password = "<<pw>>"
