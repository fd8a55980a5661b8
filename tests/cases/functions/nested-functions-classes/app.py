def outer():
    def get_secret_value(x):
        return x[:4]

    class Inner:
        token = get_secret_value("<<a>>")

        class Deep:
            KEY = "<<b>>"

            def m(self):
                def n(key="<<d>>"):
                    return key, get_secret_value("<<e>>")

                return n()

    return Inner.token, Inner.Deep.KEY, Inner.Deep().m()
