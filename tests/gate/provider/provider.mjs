// A real OpenID provider for tests: three people with groups, one client, both ways of signing out.
//
// It reads its settings as JSON from the first argument ({port, client}) and prints «ready» when it
// answers. Nobody has a password: the page lists the people, and a POST of one of them signs in.

import { Provider } from "oidc-provider";

const { port, client } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

// The subject is no name, as at most providers: the account's name is a claim.
const people = {
  "s-1001": { preferred_username: "fenxi", groups: ["tongji", "renkou"] },
  "s-1002": { preferred_username: "liulan", groups: ["lingdao"] },
  "s-1003": { preferred_username: "luren", groups: ["canting"] },
};

const provider = new Provider(issuer, {
  clients: [
    {
      grant_types: ["authorization_code"],
      response_types: ["code"],
      backchannel_logout_session_required: true,
      ...client,
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
  scopes: ["openid", "profile", "groups"],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  cookies: { keys: ["only for tests"] },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, id) =>
    people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
  // The client is the county's own: nobody is asked to consent.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile groups");
    await grant.save();
    return grant;
  },
});

function page() {
  const buttons = Object.entries(people)
    .map(([id, { preferred_username: name }]) => `<button name="sub" value="${id}">${name}</button>`)
    .join("");
  return `<!doctype html><title>Provider</title><form method="post">${buttons}</form>`;
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = page();
    return;
  }
  const sub = (await body(ctx.req)).get("sub");
  const result = sub in people ? { login: { accountId: sub } } : { error: "access_denied" };
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
  ctx.status = 303;
});

provider.listen(port, "127.0.0.1", () => console.log("ready"));
