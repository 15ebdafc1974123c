// `<<EOT … EOT` and `<<-EOT … EOT` as quoted strings, which the scanner knows.

const heredoc = /<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t]*\r?\n([\s\S]*?)^[ \t]*\2[ \t]*$/gmu;

export function withoutHeredocs(text: string): string {
  return text.replace(heredoc, (_, indented: string, _name: string, content: string) => {
    const lines = content.split(/\r?\n/);
    const written = lines.slice(0, -1).filter((line) => line.trim() !== "");
    const indents = written.map((line) => line.length - line.trimStart().length);
    const margin = indented === "" || indents.length === 0 ? 0 : Math.min(...indents);
    return `"${quoted(lines.map((line) => line.slice(margin)).join("\n"))}"`;
  });
}

/** What stands in `${}` is code and stays as it is. */
function quoted(text: string): string {
  let result = "";
  let depth = 0;
  for (const [at, character] of [...text].entries()) {
    const opens = character === "{" && (depth > 0 || /(^|[^$])\$$/.test(text.slice(Math.max(0, at - 2), at)));
    if (opens) depth += 1;
    else if (character === "}" && depth > 0) depth -= 1;
    result += depth > 0 ? character : escaped(character);
  }
  return result;
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  return character === '"' || character === "\\" ? `\\${character}` : character;
}
