TOKEN=$(grep BOOKING_TOKEN ledger/constants.py | cut -d'"' -f2)
