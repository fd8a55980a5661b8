class A:
    class B:
        SECRET = "<<a>>"

        def m(self, secret=SECRET, *, token="<<b>>"):
            return secret, token
