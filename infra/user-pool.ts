import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "./account.ts";

export interface UserPoolProps {
  readonly stage: string;
  readonly region: string;
  readonly account: Account;
  /** As of the tables: what people would miss. */
  readonly deletionProtection: boolean;
}

/** People who sign in by e-mail and password, whom an administrator has invited, and the app they sign in to. */
export class UserPool extends Construct {
  readonly issuer: string;
  readonly audience: string;
  /** Where a page asks for tokens: the pool's discovery document is at one, its token endpoint at the other. */
  readonly origins: readonly string[];
  readonly #client: CognitoUserPoolClient;
  readonly #domain: string;

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    const pool = this.#createPool(props);
    const client = this.#createClient(pool, props);
    this.issuer = `https://${pool.endpoint}`;
    this.audience = client.id;
    this.#client = client;
    const { stage, region, account } = props;
    // unique in its Region, and lower case
    this.#domain = `websocket-api-${stage.toLowerCase().replaceAll("_", "-")}-${account.id}`;
    const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    this.origins = [
      `https://cognito-idp.${region}.${suffix}`,
      `https://${this.#domain}.auth.${region}.amazoncognito.com`,
    ];
    new TerraformOutput(scope, "userPoolId", { description: "Where people are signed up.", value: pool.id });
    new TerraformOutput(scope, "userPoolClientId", { description: "The app they sign in to.", value: client.id });
  }

  /** People sign in on Cognito's own page, and come back to this one with a code. */
  letSignIn({ page, scopes }: { readonly page: string; readonly scopes: readonly string[] }): void {
    new CognitoUserPoolDomain(this, "domain", { domain: this.#domain, userPoolId: this.#client.userPoolId });
    this.#client.supportedIdentityProviders = ["COGNITO"];
    this.#client.allowedOauthFlowsUserPoolClient = true;
    this.#client.allowedOauthFlows = ["code"];
    this.#client.allowedOauthScopes = [...scopes];
    this.#client.callbackUrls = [page];
    this.#client.logoutUrls = [page];
  }

  #createPool({ stage, deletionProtection }: UserPoolProps): CognitoUserPool {
    return new CognitoUserPool(this, "Resource", {
      name: `websocket-api-${stage}`,
      usernameAttributes: ["email"],
      autoVerifiedAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      passwordPolicy: { minimumLength: 12, temporaryPasswordValidityDays: 7 },
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      deletionProtection: deletionProtection ? "ACTIVE" : "INACTIVE",
    });
  }

  /** For apps that can keep no secret: passwords are proven, never sent. */
  #createClient(pool: CognitoUserPool, { stage }: UserPoolProps): CognitoUserPoolClient {
    return new CognitoUserPoolClient(this, "client", {
      name: `websocket-api-${stage}`,
      userPoolId: pool.id,
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      idTokenValidity: 60,
      accessTokenValidity: 60,
      refreshTokenValidity: 30,
      tokenValidityUnits: [{ idToken: "minutes", accessToken: "minutes", refreshToken: "days" }],
    });
  }
}
