import base64


def headers(user):
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:<<pw>>'.encode()).decode()}", "X-Api-Key": f"<<k>>"}
