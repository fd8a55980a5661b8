BOOKING_TOKEN = "<<booking>>"
ENTRY_TOKEN = "<<entry>>"
