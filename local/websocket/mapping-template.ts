// Mapping templates (aws facts §3.4): Velocity with API Gateway's variables.
import { compileVelocity } from "#local/velocity/template.ts";
import { checkReference, type TemplateData, templateVariables } from "./template-variables.ts";

export type MappingTemplate = (data: TemplateData) => string;

/** Throws a sentence for what is not served. */
export function compileTemplate(template: string): MappingTemplate {
  // Most templates are the same for every message, and need no parser.
  if (!/[$#]/.test(template)) return () => template;
  const render = compileVelocity(template, checkReference);
  return (data) => render(templateVariables(data));
}
