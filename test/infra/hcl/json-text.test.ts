import { expect } from "chai";
import { documentIn } from "#infra/hcl/json-text.ts";
import { jsonDocument } from "#infra/json-document.ts";

describe("a document of JSON in cdk.tf.json", () => {
  it("is written as jsonencode writes it", () => {
    expect(jsonDocument({ b: [{ z: 1, a: null }], a: "<&>\u2028" })).to.equal(
      '{"a":"\\u003c\\u0026\\u003e\\u2028","b":[{"a":null,"z":1}]}',
    );
  });

  it("is what jsonencode makes of it, with the expressions that are in it", () => {
    const text = '{"a":["${x.arn}","${x["k\\"}"]}/*"],"b":"$${y} <${z}>"}'.replace("<${z}>", "\\u003c${z}\\u003e");
    expect(documentIn(text)).to.deep.equal({ a: ["${x.arn}", '${x["k\\"}"]}/*'], b: "$${y} <${z}>" });
  });

  const texts = {
    "another order": '{"b":1,"a":2}',
    "other blanks": '{ "a": 1 }',
    "other escapes": '{"a":"<"}',
    "no JSON": "{a}",
    "a value that is no text": '{"a":${x.count}}',
    "what is there on a condition": '{"a":"%{ if x }b","c":"%{ endif }"}',
    "a plain text": "plain",
    "nothing but an expression": "${x.arn}",
    "the mark of this module": '{"a":"\ue000"}',
  };
  for (const [what, text] of Object.entries(texts)) {
    it(`is none, and stays a text: ${what}`, () => {
      expect(documentIn(text)).to.equal(undefined);
    });
  }
});
