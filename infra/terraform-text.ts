/** Text that Terraform takes as it stands: `${` and `%{` would begin an expression. */
export function literal(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}

export function literals(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, text]) => [key, literal(text)]));
}
