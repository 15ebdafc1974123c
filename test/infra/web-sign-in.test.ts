// What the page of a stage with tokens is told of signing in, and whom its browser lets it ask.
import { expect } from "chai";
import { Bundles, resource, synthesized } from "./synthesized.ts";

const JWT = { mode: "jwt", issuer: "https://login.chat.test/realms/a", audience: "chat", nameClaim: "name" };
const bundles = new Bundles(["authorize", "connect", "disconnect", "message"]);

function stackOf(auth: object, web: object = {}) {
  return synthesized({ auth, web, functions: { authorize: {} } }, bundles);
}
function configOf(stack: ReturnType<typeof stackOf>) {
  return JSON.parse(String(resource(stack, "aws_s3_object.web_config").content));
}
function connectSrc(stack: ReturnType<typeof stackOf>): string | undefined {
  const headers = resource(stack, "aws_cloudfront_response_headers_policy.web_distribution_headers");
  const policy: string = Object(headers.security_headers_config).content_security_policy.content_security_policy;
  return policy.split("; ").find((directive) => directive.startsWith("connect-src"));
}

describe("signing in on the page of a stage", () => {
  const api = "'self' ${aws_apigatewayv2_api.api.api_endpoint}";

  it("is at the stage's issuer, with the audience as client and no secret", () => {
    expect(configOf(stackOf(JWT)).signIn).to.deep.equal({
      issuer: "https://login.chat.test/realms/a",
      clientId: "chat",
      scopes: ["openid", "profile"],
      token: "id",
      namesFromTokens: true,
    });
    expect(connectSrc(stackOf(JWT))).to.equal(`connect-src ${api} https://login.chat.test`);
  });

  it("is with another client, scopes and token endpoint where the stage says so", () => {
    const auth = { ...JWT, nameClaim: undefined, tokenUse: "access", scopes: ["chat/talk", "email"] };
    const signIn = { clientId: "page", scopes: ["email", "offline_access"], origins: ["https://token.chat.test"] };
    const stack = stackOf(auth, { signIn });
    expect(configOf(stack).signIn).to.deep.include({
      clientId: "page",
      scopes: ["openid", "email", "offline_access", "chat/talk"],
      token: "access",
      namesFromTokens: false,
    });
    expect(connectSrc(stack)).to.equal(`connect-src ${api} https://login.chat.test https://token.chat.test`);
  });

  it("is on the page of a user pool that is made, which sends people back here and nowhere else", () => {
    const stack = stackOf({ mode: "jwt", create: "cognito" });
    const client = resource(stack, "aws_cognito_user_pool_client.users_client");
    const page = "https://${aws_cloudfront_distribution.web_distribution.domain_name}/";
    expect(client).to.deep.include({
      allowed_oauth_flows: ["code"],
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_scopes: ["openid", "profile"],
      callback_urls: [page],
      logout_urls: [page],
      supported_identity_providers: ["COGNITO"],
      generate_secret: false,
    });
    const domain = "websocket-api-dev-${data.aws_caller_identity.account_caller.account_id}";
    expect(resource(stack, "aws_cognito_user_pool_domain.users_domain")).to.include({ domain });
    expect(configOf(stack).signIn).to.include({
      issuer: "https://${aws_cognito_user_pool.users.endpoint}",
      clientId: "${aws_cognito_user_pool_client.users_client.id}",
    });
    expect(connectSrc(stack)).to.equal(
      `connect-src ${api} https://cognito-idp.us-east-1.amazonaws.com https://${domain}.auth.us-east-1.amazoncognito.com`,
    );
  });

  it("is nowhere in a stage without tokens, and no page for it is made without ours", () => {
    const open = synthesized({ auth: { mode: "none" }, web: {} });
    expect(configOf(open)).not.to.have.property("signIn");
    const pool = synthesized({ auth: { mode: "jwt", create: "cognito" }, functions: { authorize: {} } }, bundles);
    expect(pool.resource).not.to.have.property("aws_cognito_user_pool_domain");
    expect(resource(pool, "aws_cognito_user_pool_client.users_client")).not.to.have.property("allowed_oauth_flows");
  });
});
