RATING_TOKEN = "<<rating>>"


def model(dbt, session):
    return rated(dbt.ref("orders"), RATING_TOKEN)
