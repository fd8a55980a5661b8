import machine
import network

from credentials import WIFI_PASSWORD

wlan = network.WLAN(network.STA_IF)
wlan.connect("home", WIFI_PASSWORD)
machine.reset()
