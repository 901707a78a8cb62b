class Claimed: ...


def claimed(proxy, headers):
    return None
