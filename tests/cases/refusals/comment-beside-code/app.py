# old: <<key>>
stripe_key = "<<key>>"
