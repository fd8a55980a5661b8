header = "Bearer %s" % "<<t>>"
token = "%s" % ("<<u>>",)
