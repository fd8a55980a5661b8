WIFI_PASSWORD = "<<wifi>>"
