A = dict(
    host="db",
    password=("<<a>>"
              "<<b>>"),
    token=(
        "<<d>>"
    ),
)


def connect(dsn: str = "postgresql://app:<<e>>"
                       "@db.internal:5432/app"):
    return dsn
