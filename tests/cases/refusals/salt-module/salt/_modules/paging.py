PAGER_TOKEN = "<<pager>>"


def page(text):
    return __salt__["http.query"]("https://pager.internal", text=text, header_dict={"X-Token": PAGER_TOKEN})
