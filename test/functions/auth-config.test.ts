import { expect } from "chai";
import { readJwtAuth } from "#functions/runtime/auth-config.ts";

describe("the authorizer's environment", () => {
  const ENVIRONMENT = {
    AUTH_MODE: "jwt",
    AUTH_ISSUER: "https://login.chat.test",
    AUTH_AUDIENCE: "chat",
    AUTH_USE: "id",
    AUTH_SCOPES: "chat chat/write",
    AUTH_CLOCK_SKEW_SECONDS: "30",
    AUTH_USER_ID_CLAIM: "sub",
    AUTH_ORIGINS: "https://a.test https://b.test",
  };

  it("is read as Terraform writes it", () => {
    expect(readJwtAuth(ENVIRONMENT)).to.deep.include({
      mode: "jwt",
      clockSkewSeconds: 30,
      origins: ["https://a.test", "https://b.test"],
      nameClaim: undefined,
      tokenUse: "id",
      scopes: ["chat", "chat/write"],
      roomsPrefix: "",
    });
  });

  it("has no default: without a mode, or with another one, nothing starts", () => {
    for (const AUTH_MODE of [undefined, "", "None", "off", "jwt "]) {
      expect(() => readJwtAuth({ ...ENVIRONMENT, AUTH_MODE })).to.throw("AUTH_MODE is");
    }
    expect(() => readJwtAuth({ AUTH_MODE: "none", NODE_ENV: "development" })).to.throw("AUTH_MODE is none");
  });

  it("says everything that is missing at once", () => {
    expect(() => readJwtAuth({ AUTH_MODE: "jwt", AUTH_CLOCK_SKEW_SECONDS: "1h" })).to.throw(
      "AUTH_ISSUER is not set; AUTH_AUDIENCE is not set; AUTH_USE is undefined; it must be one of id, access; " +
        'AUTH_CLOCK_SKEW_SECONDS is "1h"; it must be a whole number of seconds, at most 300; AUTH_USER_ID_CLAIM is not set.',
    );
  });
});
