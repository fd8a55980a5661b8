import trio


async def main():
    password = "<<pw>>"
    return len(password), password
