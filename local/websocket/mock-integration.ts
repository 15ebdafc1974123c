// MOCK: an answer without a backend (aws facts §3.4). The request template says the status, which chooses the integration
// response, whose template is what goes back to the client of a two-way route.
import type { MockTemplates } from "#local/stack.ts";
import type { ExecutionLog } from "./execution-log.ts";
import { type CallIntegration, IntegrationOutcome } from "./integration.ts";
import { compileTemplate, type MappingTemplate } from "./mapping-template.ts";
import { compileSelectionExpression, type SelectionExpression } from "./selection-expression.ts";
import type { TemplateData } from "./template-variables.ts";

interface CompiledResponse {
  readonly matches: (status: string) => boolean;
  readonly templates: Templates;
}

/** Templates by the value of a selection expression; without one it is `$default`. */
interface Templates {
  readonly byKey: ReadonlyMap<string, MappingTemplate>;
  readonly select: SelectionExpression;
}

interface MockEvent {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
}

/** Throws a sentence for a template that is not served. */
export function mockIntegration(mock: MockTemplates, log?: ExecutionLog): CallIntegration {
  const request = compileTemplates("request_templates", mock.requestTemplates, mock.requestSelection);
  const responses = mock.responses.map(({ address, key, templates, selection }) => ({
    key,
    matches: matcher(address, key),
    templates: compileTemplates(`${address}: response_templates`, templates, selection),
  }));
  // The catch-all is asked last.
  const ordered = responses.sort((a, b) => Number(a.key === "$default") - Number(b.key === "$default"));
  return async (event, requestId) => {
    try {
      return answer(JSON.parse(event), request, ordered, mock.passthrough);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log?.error(requestId, `Execution failed due to configuration error: Unable to transform request: ${reason}`);
      return new IntegrationOutcome("failed", 0);
    }
  };
}

function answer(
  { body = "", headers = {}, queryStringParameters: query = {}, stageVariables = {}, requestContext }: MockEvent,
  request: Templates,
  responses: readonly CompiledResponse[],
  passthrough: MockTemplates["passthrough"],
): IntegrationOutcome {
  const data: TemplateData = { body, headers, query, stageVariables, context: requestContext };
  const status = requestedStatus(data, request, passthrough);
  const response = responses.find(({ matches }) => matches(String(status)));
  // Without any response there is nothing to map: right for a one-way route, whose answer is nobody's.
  if (status === undefined || (responses.length > 0 && !response)) return new IntegrationOutcome("failed", 0);
  const template = response && select(response.templates, body);
  // A message's frame is sent whatever the status; a handshake's status is the client's.
  const statusCode = requestContext.eventType === "CONNECT" ? status : 200;
  const payload = JSON.stringify({ statusCode, ...(template && { body: template(data) }) });
  return new IntegrationOutcome("answered", 0, { kind: "success", requestId: "-", payload });
}

/** undefined: the request could not be mapped. No templates at all mean 200. */
function requestedStatus(
  data: TemplateData,
  templates: Templates,
  passthrough: MockTemplates["passthrough"],
): number | undefined {
  if (templates.byKey.size === 0) return passthrough === "NEVER" ? undefined : 200;
  const template = select(templates, data.body);
  if (!template) return passthrough === "WHEN_NO_MATCH" ? 200 : undefined;
  const { statusCode } = JSON.parse(template(data)) ?? {};
  return Number.isInteger(statusCode) ? statusCode : undefined;
}

function compileTemplates(
  place: string,
  templates: Readonly<Record<string, string>>,
  selection: string | undefined,
): Templates {
  const compiled = Object.entries(templates).map(([key, text]) => {
    try {
      return [key, compileTemplate(text)] as const;
    } catch (error) {
      throw new Error(`${place}, "${key}": ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return { byKey: new Map(compiled), select: compileSelectionExpression(selection ?? "\\$default") };
}

function select({ byKey, select: evaluate }: Templates, body: string): MappingTemplate | undefined {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    message = undefined;
  }
  return byKey.get(evaluate(message)) ?? byKey.get("$default");
}

function matcher(address: string, key: string): CompiledResponse["matches"] {
  if (key === "$default") return () => true;
  const [, pattern] = key.match(/^\/(.+)\/$/) ?? [];
  if (pattern === undefined) {
    throw new Error(`${address}: integration_response_key "${key}" should be "$default" or "/<regular expression>/"`);
  }
  const expression = new RegExp(`^(?:${pattern})$`);
  return (status) => expression.test(status);
}
