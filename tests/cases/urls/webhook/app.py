SLACK_WEBHOOK_URL = "<<hook>>"
