CREDS = {
    "type": "service_account",
    "private_key": """<<pem>>""",
    "client_email": "a@b.iam.gserviceaccount.com",
}
