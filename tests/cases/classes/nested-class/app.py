class Outer:
    class Inner:
        api_token = "<<t>>"
