// Custom domains and what their paths lead to (aws facts §1.9). A mapping may be of a domain that another file makes, or lead
// to an API of another file.
import type { ApiMapping, CustomDomain } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

interface Mapping extends ApiMapping {
  readonly fields: Fields;
  readonly domain: string;
  /** Of the API, as far as this file knows it. */
  readonly protocol: string | undefined;
}

/** Those of WebSocket APIs; others, and those whose name is not known, are named as not served. */
export function readDomains(reading: Reading): CustomDomain[] {
  const resources = new Map<string, Fields>();
  for (const fields of reading.resources("aws_apigatewayv2_domain_name")) {
    const name = fields.known("domain_name");
    if (name === undefined) reading.withoutEffect.push(fields.place);
    else resources.set(name.toLowerCase(), fields);
  }
  const mappings = reading.resources("aws_apigatewayv2_api_mapping").flatMap((fields) => readMapping(reading, fields));
  const names = new Set([...resources.keys(), ...mappings.map(({ domain }) => domain)]);
  return [...names].flatMap((name) => {
    const resource = resources.get(name);
    const own = mappings.filter(({ domain }) => domain === name);
    const served = own.filter(({ protocol }) => protocol === "WEBSOCKET");
    const others = own.filter((mapping) => !served.includes(mapping));
    checkTogether(served, others);
    reading.withoutEffect.push(...others.map(({ fields }) => fields.place));
    if (others.length > 0 && served.length === 0) {
      if (resource) reading.withoutEffect.push(resource.place);
      return [];
    }
    if (resource) reading.hasNoEffect(resource, ["mutual_tls_authentication"]);
    const address = resource?.place ?? served[0]?.fields.place ?? name;
    return [{ address, name, mappings: resource && !isMapped(resource) ? [] : served.map(withoutFields) }];
  });
}

function readMapping(reading: Reading, fields: Fields): Mapping[] {
  const [domain, apiId, stage] = [fields.known("domain_name"), fields.known("api_id"), fields.known("stage")];
  if (domain === undefined || apiId === undefined || stage === undefined) {
    reading.withoutEffect.push(fields.place);
    return [];
  }
  const key = fields.text("api_mapping_key") ?? "";
  const api = reading.resources("aws_apigatewayv2_api").find((one) => one.required("id") === apiId);
  const protocol = api?.text("protocol_type");
  if (api && protocol === "WEBSOCKET") checkStage(reading, fields, { api, apiId, stage });
  if (!/^([\w$.+!*'()-]+(\/[\w$.+!*'()-]+)*)?$/.test(key) || key.length > 300)
    fields.problem(
      `api_mapping_key is ${JSON.stringify(key)}; it is up to 300 letters, digits and $-_.+!*'(), with / between levels`,
    );
  return [{ fields, domain: domain.toLowerCase(), key, apiId, stage, protocol }];
}

function checkStage(
  reading: Reading,
  mapping: Fields,
  { api, apiId, stage }: { readonly api: Fields; readonly apiId: string; readonly stage: string },
): void {
  const ofApi = reading.resources("aws_apigatewayv2_stage").filter((one) => one.required("api_id") === apiId);
  const names = ofApi.map((one) => one.required("name"));
  if (!names.includes(stage))
    mapping.problem(`stage ${JSON.stringify(stage)} is no stage of ${api.place}; it has ${names.join(", ") || "none"}`);
}

/** What AWS refuses of the mappings of one domain. */
function checkTogether(served: readonly Mapping[], others: readonly Mapping[]): void {
  for (const [at, { fields, key }] of served.entries()) {
    const same = served.slice(0, at).find((other) => other.key === key);
    if (same)
      fields.problem(`api_mapping_key ${JSON.stringify(key)} is that of ${same.fields.place}, of the same domain`);
  }
  const [webSocket] = served;
  for (const { fields, protocol } of webSocket ? others : []) {
    if (protocol !== undefined)
      fields.problem(
        `leads to an API with protocol_type ${JSON.stringify(protocol)}, and ${webSocket?.fields.place} to a WebSocket API: one domain cannot serve both`,
      );
  }
}

/** Routing rules, which may take the place of mappings, are none of WebSocket APIs. */
function isMapped(domain: Fields): boolean {
  return domain.text("routing_mode") !== "ROUTING_RULE_ONLY";
}

function withoutFields({ key, apiId, stage }: Mapping): ApiMapping {
  return { key, apiId, stage };
}
