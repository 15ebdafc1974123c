// `${stageVariables.fn}` in what an API says once for all its stages: API Gateway puts in the values of the stage that is called
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html).
import type { Fields } from "./fields.ts";

/** Whose variables count. */
export interface VariablesOfStage {
  readonly place: string;
  readonly variables: Readonly<Record<string, string>>;
}

const reference = /\$\{stageVariables\.(\w+)\}/g;

export function hasStageVariables(text: string): boolean {
  return text.search(reference) >= 0;
}

/** An attribute as it is in the stage, if there is one. */
export function textInStage(
  fields: Fields,
  attribute: string,
  stage: VariablesOfStage | undefined,
): string | undefined {
  const text = fields.text(attribute);
  return text === undefined || !stage ? text : inStage(fields, attribute, text, stage);
}

/** As it is in the stage; undefined: the stage lacks a variable, which is reported. */
export function inStage(
  fields: Fields,
  attribute: string,
  text: string,
  { place, variables }: VariablesOfStage,
): string | undefined {
  const missing = [...text.matchAll(reference)].map(([, name = ""]) => name).filter((name) => !variables[name]);
  if (missing.length === 0) return text.replace(reference, (_, name) => variables[name] ?? "");
  const known = Object.keys(variables).join(", ") || "none";
  fields.problem(
    `${attribute} ${JSON.stringify(text)} needs the stage variable ${missing.join(", ")}, which ${place} lacks; its stage_variables: ${known}`,
  );
  return undefined;
}
