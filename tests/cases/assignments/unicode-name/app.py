größe = 3
état = "prêt"
password = "<<pw>>"  # für später
