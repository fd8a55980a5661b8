import openai
import stripe
from openai import OpenAI
from slack_sdk import WebClient
from twilio.rest import Client

a = OpenAI(api_key="<<o>>", timeout=30)
openai.api_key = "<<o>>"
stripe.api_key = "<<s>>"
t = Client("<<ac>>", "<<t>>")
s = WebClient(token="<<x>>")
