// The pages of the issuer on this machine.

export function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** @param content markup */
export function issuerPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html(title)}</title>
<style>${STYLE}</style>
<main><h1>${html(title)}</h1>${content}</main>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --canvas: #f4f5f8; --surface: #fff; --line: #dfe1ea; --text: #1b1d28; --muted: #5b6072; --accent: #4f46e5;
  font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
@media (prefers-color-scheme: dark) {
  :root { --canvas: #101218; --surface: #171a22; --line: #2d3240; --text: #e9ebf2; --muted: #9fa6ba; --accent: #a5a1ff }
}
* { box-sizing: border-box }
body { display: grid; place-items: center; min-height: 100dvh; margin: 0; padding: 16px; background: var(--canvas); color: var(--text) }
main { width: min(100%, 400px); padding: 28px; border: 1px solid var(--line); border-radius: 16px; background: var(--surface) }
h1 { margin: 0 0 8px; font-size: 1.35rem; letter-spacing: -0.01em }
p { margin: 0; color: var(--muted) }
ul { display: grid; gap: 10px; margin: 20px 0 0; padding: 0; list-style: none }
a { display: block; padding: 12px 16px; border: 1px solid var(--line); border-radius: 12px; color: inherit; text-decoration: none }
a:hover { border-color: var(--accent) }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
span { display: block; color: var(--muted); font-size: 0.875rem }
`;
