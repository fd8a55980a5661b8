import stripe

stripe.api_key = "<<key>>"
