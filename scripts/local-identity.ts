// `npm start -- --auth jwt`: the stage as it is, but for its issuer, which runs on this machine.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { exampleValues } from "#infra/stage-file/example-values.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import type { StageConfig } from "#infra/stage-file/schema.ts";
import { type OidcIssuer, type Person, startOidcIssuer } from "./oidc-issuer.ts";

const AUDIENCE = "local";

/** Whom the issuer knows; enough to see each room rule. */
export const DEMO_PEOPLE: Readonly<Record<string, Person>> = {
  ann: { name: "Ann", rooms: ["team-red", "news"] },
  bob: { name: "Bob", rooms: ["team-red"] },
  cid: { name: "Cid", rooms: [] },
};

export interface LocalIdentity {
  /** The stage file to synthesize; it extends the one that was asked for. */
  readonly stageFile: string;
  readonly issuer: OidcIssuer;
}

export async function startLocalIdentity(
  stageFile: string,
  folder: string,
  tokenSeconds?: number,
): Promise<LocalIdentity> {
  const { stage, auth, web } = loadStage(stageFile);
  const lifetime = tokenSeconds === undefined ? {} : { lifetimeSeconds: tokenSeconds };
  const issuer = await startOidcIssuer({ audience: AUDIENCE, people: DEMO_PEOPLE, ...lifetime });
  // of the same name, in a folder of the same name: that is how stage files are told apart
  const file = path.join(folder, path.basename(path.dirname(stageFile)), path.basename(stageFile));
  const overlay = {
    extends: relativeTo(path.dirname(file), stageFile),
    stage,
    production: false,
    auth: {
      mode: "jwt",
      issuer: issuer.url,
      audience: AUDIENCE,
      // found by discovery, as a real one is
      ...(auth.jwksUri === undefined ? {} : { jwksUri: null }),
      ...(auth.tokenUse === "id" ? {} : { tokenUse: null }),
      ...(auth.scopes.length === 0 ? {} : { scopes: null }),
      ...(auth.roomsPrefix === undefined ? {} : { roomsPrefix: null }),
      // one machine, one clock
      clockSkewSeconds: 0,
      ...(auth.create === undefined ? {} : { create: null }),
      ...(auth.mode === "none" ? { nameClaim: "name", roomsClaim: "rooms" } : {}),
    },
    ...(saysHowToSignIn(web) ? { web: { signIn: null } } : {}),
    functions: { [auth.function]: { bundle: "authorize" } },
    logs: { dataTrace: false },
  };
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(overlay, null, 2)}\n`);
  return { stageFile: file, issuer };
}

/** Only what is there can be taken back. */
function saysHowToSignIn(web: StageConfig["web"]): boolean {
  const { clientId, scopes, origins } = web?.signIn ?? { scopes: ["profile"], origins: [] };
  return clientId !== undefined || origins.length > 0 || scopes.join(" ") !== "profile";
}

/** Why nobody could get in here, if so: a team has not put its own issuer in yet, or it is made at the deployment. */
export function missingIssuer(stageFile: string): string | undefined {
  const stage = loadStage(stageFile);
  if (stage.auth.mode === "jwt" && stage.auth.create === "cognito")
    return "the stage's user pool is made at the deployment";
  return exampleValues(stage).includes("/auth/issuer") ? "the stage's issuer is an example" : undefined;
}

/** With slashes on every system, and a dot in front, as stage files name others. */
function relativeTo(folder: string, file: string): string {
  const relative = path.relative(folder, file).replaceAll(path.sep, "/");
  return relative.startsWith(".") ? relative : `./${relative}`;
}
