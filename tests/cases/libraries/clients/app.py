import openai
import stripe
from slack_sdk import WebClient
from twilio.rest import Client

a = Client("AC" + "0" * 32, "<<a>>")
b = WebClient(token="<<b>>")
c = openai.OpenAI(api_key="<<c>>")
stripe.api_key = "<<d>>"

