async def main(host):
    url = f"https://oauth2:<<b>>@{host}/x.git"
    header = {"Authorization": f"token {'<<a>>'}"}
    text = "%s:%s" % ("u", "<<d>>")
    return url, header, text, "{}".format("<<e>>"), await other()


async def other(): return "<<a>>"
