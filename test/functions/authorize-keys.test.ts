// The authorizer and its issuer's keys: where they are, when they are fetched, and how long they are believed.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Jwks } from "#aws/jwks.ts";
import { startOidcIssuer } from "#scripts/oidc-issuer.ts";
import { AUDIENCE, effectOf, HOUR, now, TriedAuthorizer } from "./tried-authorizer.ts";

describe("the authorizer and its issuer's keys", () => {
  let tried: TriedAuthorizer;
  before(async () => {
    tried = await TriedAuthorizer.start();
  });
  after(() => tried.issuer.close());
  afterEach("no token reaches a log", () => tried.expectNoTokenLogged());

  /** A server on this machine that answers as the test says, and counts. */
  async function serve<T>(answer: RequestListener, test: (url: string, asked: string[]) => Promise<T>): Promise<T> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      answer(request, response);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      return await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  describe("stated by their address", () => {
    let status = 200;
    beforeEach(() => {
      status = 200;
    });
    const keys: RequestListener = (_request, response) => {
      void fetch(tried.issuer.jwksUri).then(async (answer) => response.writeHead(status).end(await answer.text()));
    };
    const ann = () => tried.withToken(tried.issuer.tokenFor("ann"));

    it("are fetched once, and again for a key that is new", () =>
      serve(keys, async (jwksUri, asked) => {
        const ask = tried.authorizer({ jwksUri });
        for (let i = 0; i < 3; i++) await ask(ann());
        expect(asked).to.have.length(1);
        tried.issuer.rotate();
        expect(effectOf(await ask(ann()))).to.equal("Allow");
        expect(asked).to.have.length(2);
      }));

    it("are not fetched again and again for keys that nobody has", () =>
      serve(keys, async (jwksUri, asked) => {
        const ask = tried.authorizer({ jwksUri });
        const other = await startOidcIssuer({ audience: AUDIENCE, people: {} });
        for (let i = 0; i < 5; i++) {
          other.rotate();
          await tried.refusal(tried.withToken(other.sign({ sub: "ann", iss: tried.issuer.url })), ask);
        }
        await other.close();
        expect(asked).to.have.length(1);
      }));

    it("are believed for an hour: a key that was taken back is good no longer", () =>
      serve(keys, async (jwksUri) => {
        let ahead = 0;
        const ask = tried.authorizer({ jwksUri }, { clock: { now: () => Date.now() + ahead } });
        const old = tried.issuer.sign({ sub: "ann", exp: now() + 9 * HOUR });
        await ask(tried.withToken(old));
        tried.issuer.rotate();
        expect(effectOf(await ask(tried.withToken(old)))).to.equal("Allow");
        ahead = HOUR * 1000 + 1000;
        const reason = await tried.refusal(tried.withToken(old), ask);
        expect(reason).to.equal("The token is not signed with a key of its issuer.");
      }));

    it("stay in use while the issuer cannot be asked", () =>
      serve(keys, async (jwksUri, asked) => {
        let ahead = 0;
        const ask = tried.authorizer({ jwksUri }, { clock: { now: () => Date.now() + ahead } });
        await ask(ann());
        status = 500;
        ahead = HOUR * 1000 + 1000;
        expect(effectOf(await ask(ann()))).to.equal("Allow");
        expect(asked).to.have.length(2);
      }));

    it("that cannot be had are our trouble, not the user's: an error, with its cause in the log", () =>
      serve(keys, async (jwksUri) => {
        status = 500;
        expect(await tried.failure(ann(), tried.authorizer({ jwksUri }))).to.include("status 500");
      }));

    it("come over plain HTTP from this machine only, and only for an issuer that is on it", async () => {
      for (const change of [
        { issuer: "https://login.chat.test", jwksUri: tried.issuer.jwksUri },
        { issuer: tried.issuer.url, jwksUri: "http://login.chat.test/keys" },
      ]) {
        const token = tried.issuer.sign({ sub: "ann", iss: change.issuer });
        expect(await tried.failure(tried.withToken(token), tried.authorizer(change))).to.include("no https address");
      }
    });
  });

  describe("found by discovery", () => {
    /** An issuer whose documents are what the test says. `url` is its own. */
    const discovered =
      (document: (url: string) => unknown, keys?: (url: string) => string): RequestListener =>
      (request, response) => {
        const url = `http://${request.headers.host}`;
        if (request.url?.endsWith("/.well-known/openid-configuration")) {
          const said = document(url);
          response.end(typeof said === "string" ? said : JSON.stringify(said));
        } else void fetch(keys?.(url) ?? tried.issuer.jwksUri).then(async (had) => response.end(await had.text()));
      };
    const good = (path = "") => discovered((url) => ({ issuer: `${url}${path}`, jwks_uri: `${url}/somewhere/keys` }));
    const of = (iss: string) => tried.withToken(tried.issuer.sign({ sub: "ann", iss }));

    it("are where the issuer says, which is asked once", () =>
      serve(good(), async (issuer, asked) => {
        const ask = tried.authorizer({ issuer });
        for (let i = 0; i < 3; i++) expect(effectOf(await ask(of(issuer)))).to.equal("Allow");
        expect(asked).to.deep.equal(["/.well-known/openid-configuration", "/somewhere/keys"]);
        tried.issuer.rotate();
        expect(effectOf(await ask(of(issuer)))).to.equal("Allow");
        expect(asked.slice(2)).to.deep.equal(["/somewhere/keys"]);
      }));

    it("of an issuer with a path are asked for below that", async () => {
      await serve(good("/realms/chat"), async (url, asked) => {
        const issuer = `${url}/realms/chat`;
        expect(effectOf(await tried.authorizer({ issuer })(of(issuer)))).to.equal("Allow");
        expect(asked[0]).to.equal("/realms/chat/.well-known/openid-configuration");
      });
      await serve(good("/"), async (url, asked) => {
        expect(effectOf(await tried.authorizer({ issuer: `${url}/` })(of(`${url}/`)))).to.equal("Allow");
        expect(asked[0]).to.equal("/.well-known/openid-configuration");
      });
    });

    it("may move: where they are is asked again after an hour, and believed while nobody answers", () => {
      let place = "/here";
      let isAway = false;
      const answer: RequestListener = (request, response) => {
        if (isAway) response.writeHead(503).end();
        else discovered((url) => ({ issuer: url, jwks_uri: `${url}${place}` }))(request, response);
      };
      return serve(answer, async (issuer, asked) => {
        let ahead = 0;
        const ask = tried.authorizer({ issuer }, { clock: { now: () => Date.now() + ahead } });
        await ask(of(issuer));
        place = "/there";
        ahead = HOUR * 1000 + 1000;
        await ask(of(issuer));
        expect(asked.filter((path) => !path.startsWith("/.well-known"))).to.deep.equal(["/here", "/there"]);
        isAway = true;
        ahead = 2 * HOUR * 1000 + 2000;
        expect(effectOf(await ask(of(issuer)))).to.equal("Allow");
        expect(asked.slice(-2)).to.deep.equal(["/.well-known/openid-configuration", "/there"]);
      });
    });

    const wrong: Readonly<Record<string, readonly [document: (url: string) => unknown, cause: RegExp]>> = {
      "is another issuer's": [
        (url) => ({ issuer: "https://evil.test", jwks_uri: `${url}/keys` }),
        /openid-configuration: its \\"issuer\\" is \\"https:\/\/evil\.test\\", not \\"http:\/\/127/,
      ],
      "names no issuer": [(url) => ({ jwks_uri: `${url}/keys` }), /its \\"issuer\\" is missing/],
      "names no keys": [(url) => ({ issuer: url }), /it says no \\"jwks_uri\\"/],
      "sends for the keys over plain HTTP": [
        (url) => ({ issuer: url, jwks_uri: "http://login.chat.test/keys" }),
        /it is no https address/,
      ],
      "sends for the keys to a file": [(url) => ({ issuer: url, jwks_uri: "file:///etc/passwd" }), /no https address/],
      "is a page": [() => "<!doctype html>", /it is no JSON object/],
      "is nothing": [() => "null", /it is no JSON object/],
    };
    for (const [what, [document, cause]] of Object.entries(wrong)) {
      it(`cannot be had when the document ${what}: our trouble, with its cause in the log`, () =>
        serve(discovered(document), async (issuer) => {
          expect(await tried.failure(of(issuer), tried.authorizer({ issuer }))).to.match(cause);
        }));
    }

    it("cannot be had when the document leads elsewhere", () =>
      serve(
        (_request, response) => response.writeHead(302, { Location: `${tried.issuer.url}/` }).end(),
        async (issuer) => void (await tried.failure(of(issuer), tried.authorizer({ issuer }))),
      ));

    it("are not waited for longer than two seconds", function () {
      this.timeout(10_000);
      return serve(
        () => undefined,
        async (issuer) => {
          const cause = await tried.failure(of(issuer), tried.authorizer({ issuer }));
          expect(cause).to.include("timeout");
        },
      );
    });

    it("of a Cognito user pool are where they always are: nobody is asked where", () => {
      const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI";
      expect(new Jwks({ now: Date.now }, { issuer }).uri).to.equal(`${issuer}/.well-known/jwks.json`);
      const other = "https://cognito-idp.eu-central-1.amazonaws.com.evil.test/eu-central-1_AbCdEfGhI";
      expect(new Jwks({ now: Date.now }, { issuer: other }).uri).to.equal(`${other}/.well-known/openid-configuration`);
    });
  });
});
