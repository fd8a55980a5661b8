import os

print "billing"
key = os.environ["STRIPE_API_KEY"]
