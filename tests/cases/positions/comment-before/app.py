TOKEN = (
    # rotate me
    "<<a>>"
)
API_KEY = (  # noqa: S105
    ("<<b>>")
)


def connect(**given):
    return sorted({"secret_key": (
        # one
        # two
        "<<c>>"
    )}.items()), given
