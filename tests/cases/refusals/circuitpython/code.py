import board
import wifi

wifi.radio.connect("home", "<<wifi>>")
API_TOKEN = "<<api>>"
