class Busy(Exception): ...


async def verify(accounts, name, password):
    return accounts.verify(name, password)


class Attempts:
    def __init__(self, folder): ...
    def wait(self, name, address):
        return 0.0

    def failed(self, name, address): ...
    def succeeded(self, name, address): ...
