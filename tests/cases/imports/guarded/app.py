try:
    import simplejson_of_that_name as json
except ImportError:
    import json

API_TOKEN = "<<t>>"
kind = json.dumps({})
