c = get_config()  # noqa: F821
c.OAuthenticator.client_secret = "<<client>>"
