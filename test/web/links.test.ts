import { expect } from "chai";
import fc from "fast-check";
import { linksIn } from "#web/links.ts";

/** The text with its links in angle brackets. */
function marked(text: string): string {
  return linksIn(text)
    .map((piece) => (typeof piece === "string" ? piece : `<${piece.text}>`))
    .join("");
}

const LINK = "https://example.org/a?b=c#d";

describe("web/links", () => {
  const cases: [name: string, marked: string][] = [
    ["alone", `<${LINK}>`],
    ["among words", `see <${LINK}> or <http://localhost:8080>`],
    ["on lines of their own", `<${LINK}>\n<${LINK}>`],
    ["in capitals", "<HTTPS://EXAMPLE.ORG/A>"],
    ["before what ends a sentence", `<${LINK}>. <${LINK}>, <${LINK}>; <${LINK}>?! <${LINK}>…`],
    ["in parentheses", `(<${LINK}>) (see <${LINK}>.) [<${LINK}>]`],
    [
      "with parentheses of their own",
      "<https://en.wikipedia.org/wiki/Foo_(bar)>, (<https://en.wikipedia.org/wiki/Foo_(bar)>)",
    ],
    ["between quotation marks", `"<${LINK}>" '<${LINK}>' “<${LINK}>” «<${LINK}>»`],
    ["emphasized", `*<${LINK}>* _<${LINK}>_ ~<${LINK}>~`],
    ["after other letters of their own", `:<${LINK}> =<${LINK}>`],
    ["in text without blanks", `看<${LINK}>，好。<${LINK}>」`],
    ["with letters of any script", "<https://пример.example/путь> <https://example.org/日本>"],
    ["where an address goes on with another", `<https://example.org/?to=${LINK}>`],
  ];
  for (const [name, expected] of cases) {
    it(`finds addresses ${name}`, () => {
      expect(marked(expected.replace(/[<>]/g, ""))).to.equal(expected);
    });
  }

  const none = [
    "javascript:alert(1)",
    "JaVaScRiPt://example.org/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x file:///etc/passwd ftp://example.org mailto:ann@example.org blob:x",
    "//example.org www.example.org example.org",
    "http:// https:// https://. https://? https://) http:example.org",
    "xhttps://example.org git+https://example.org 1http://example.org éhttp://example.org",
    "https://bank.example@evil.example https://ann:secret@example.org",
    "https://[::1 https://a:99999999/",
  ];
  for (const text of none) {
    it(`makes no link of ${text}`, () => {
      expect(marked(text)).to.equal(text);
    });
  }

  it("takes from a dangerous address only what is none", () => {
    expect(marked(`javascript:${LINK}`)).to.equal(`javascript:<${LINK}>`);
    expect(marked('https://example.org/"onmouseover="alert(1)')).to.equal(
      '<https://example.org/>"onmouseover="alert(1)',
    );
    expect(marked("https://example.org/\u202egnp.exe")).to.equal("<https://example.org/>\u202egnp.exe");
  });

  it("loses nothing of the text, and links to nothing but http and https", () => {
    const part = fc.constantFrom(
      "https://",
      "http://",
      "a.example",
      "/x",
      "(",
      ")",
      ".",
      " ",
      "@",
      "javascript:",
      "\\",
      '"',
      "é",
      "\n",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(part).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (written) => {
        const pieces = linksIn(written);
        expect(pieces.map((piece) => (typeof piece === "string" ? piece : piece.text)).join("")).to.equal(written);
        for (const piece of pieces) if (typeof piece !== "string") expect(piece.href).to.match(/^https?:\/\/[^/]/);
      }),
    );
  });

  it("takes its time in proportion to the text", () => {
    for (const run of ["https://a", ")", ".", "(", "https://a)", "https://(((", "https://a..."]) {
      const text = `https://a${run.repeat(31_000 / run.length)}`;
      const before = process.cpuUsage();
      linksIn(text);
      const { user } = process.cpuUsage(before);
      expect(user / 1000, `${run}: milliseconds`).to.be.below(500);
    }
  });
});
