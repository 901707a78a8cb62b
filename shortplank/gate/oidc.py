def origin(oidc):
    return "https://x"
