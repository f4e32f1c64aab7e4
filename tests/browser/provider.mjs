// A real OpenID provider for the browser tests: npm `oidc-provider`, with PKCE required.
// One argument, JSON: the client's id, redirect and logout addresses and JWKS, and the people. Writes its issuer
// on the first line of its output, and ends when its input ends.
import { createServer } from "node:http";
import { once } from "node:events";
import Provider from "oidc-provider";

const told = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  acrValues: told.levels,
  claims: { openid: ["sub"], rollen: null, acr: null },
  clientAuthMethods: ["private_key_jwt"],
  clients: [
    {
      client_id: told.client_id,
      grant_types: ["authorization_code"],
      id_token_signed_response_alg: "RS256",
      jwks: told.jwks,
      post_logout_redirect_uris: [told.after_logout],
      redirect_uris: [told.redirect_uri],
      response_types: ["code"],
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
    },
  ],
  conformIdTokenClaims: false,
  cookies: { keys: ["only for tests"] },
  features: {
    claimsParameter: { enabled: true },
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true },
  },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, rollen: told.people[sub] ?? [] }),
  }),
  interactions: { url: (_ctx, interaction) => `/wie/${interaction.uid}` },
  // The person consents by logging in: this is the organisation's own provider.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      accountId: ctx.oidc.session.accountId,
      clientId: ctx.oidc.client.clientId,
    });
    grant.addOIDCScope("openid");
    grant.addOIDCClaims(["rollen", "acr"]);
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
});
const answer = provider.callback();

function page() {
  const people = Object.keys(told.people);
  const buttons = people.flatMap((who) =>
    told.levels.map((level, at) => `<button name="als" value="${who} ${at}">${who} ${level}</button>`),
  );
  return `<!doctype html><title>Aanbieder</title><form method="post">${buttons.join("")}
    <button name="als" value="">afbreken</button></form>`;
}

async function choose(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const [who, at] = new URLSearchParams(Buffer.concat(parts).toString()).get("als").split(" ");
  const result = who
    ? { login: { accountId: who, acr: told.levels[Number(at)], remember: true } }
    : { error: "access_denied", error_description: "Dit mag niemand zien" };
  await provider.interactionFinished(request, response, result);
}

server.on("request", (request, response) => {
  if (!request.url.startsWith("/wie/")) return answer(request, response);
  if (request.method === "POST") return choose(request, response);
  response.setHeader("content-type", "text/html; charset=utf-8");
  return response.end(page());
});
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
console.log(issuer);
