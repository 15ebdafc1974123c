import { StageFolder } from "../stages/stage-folder.ts";
import { Bundles } from "./synthesized.ts";

const ACCOUNT = "123456789012";
const CERTIFICATE = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/0a1b2c3d`;

/** A stage with every setting a stage file has. */
export const EVERY_SETTING = {
  production: true,
  aws: { accountId: ACCOUNT },
  api: { description: "all", ipAddressType: "dualstack" },
  routes: { sendMessage: { throttle: { burst: 1, rate: 1 } } },
  auth: {
    mode: "jwt",
    issuer: "https://login.chat.test/",
    audience: "chat",
    jwksUri: "https://login.chat.test/keys",
    clockSkewSeconds: 10,
    userIdClaim: "uid",
    nameClaim: "name",
    roomsClaim: "rooms",
    roomsPrefix: "chat:",
    tokenUse: "access",
    scopes: ["chat/talk"],
    origins: ["https://chat.test"],
  },
  rooms: { "team-*": "members", news: "read-only" },
  functions: {
    authorize: {},
    message: {
      reservedConcurrency: 3,
      environment: { A1: "b", SIGNING_KEY: "ssm:/chat/signing-key", HOOK_TOKEN: "secretsmanager:chat/hook" },
      shift: { stableVersion: "7", newPercent: 10 },
    },
    fanout: { timeoutSeconds: 300, async: { maximumRetryAttempts: 1, maximumEventAgeSeconds: 600 } },
  },
  delivery: { roomShards: { "event-*": 16 } },
  stageVariables: { a: "b" },
  logs: { retentionDays: 400 },
  tables: { pointInTimeRecovery: true, deletionProtection: true },
  customerKey: { deletionDays: 7 },
  alarms: { emails: ["team@chat.test"], functionErrors: 3 },
  dashboard: true,
  savedQueries: true,
  budget: { monthlyUsd: 12.5, forecastPercent: 90 },
  domain: { name: "ws.chat.test", hostedZoneId: "Z123456" },
  web: {
    webAclArn: `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/page/0a1b2c3d`,
    domain: { name: "chat.test", certificateArn: CERTIFICATE, hostedZoneId: "Z123456" },
    signIn: { clientId: "page", scopes: ["email"], origins: ["https://token.chat.test"] },
  },
  state: { bucket: "team-state", region: "us-east-1" },
};

export function stageWithEverySetting(change: object = {}): string {
  return new StageFolder().stage({ ...EVERY_SETTING, ...change });
}

/** Where message may do all that there is to do, and wakes fanout. */
export function bundlesWithFanout(): Bundles {
  const bundles = new Bundles(["authorize", "connect", "disconnect", "message", "fanout"]);
  const tables = { connections: ["GetItem", "PutItem"], "memberships/connectionId-index": ["Query"] };
  bundles.permit("message", { tables, manageConnections: ["POST"], invoke: ["fanout"] });
  return bundles;
}
