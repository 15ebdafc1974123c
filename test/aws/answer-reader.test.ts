import { expect } from "chai";
import fc from "fast-check";
import { AnswerReader } from "#aws/http/answer-reader.ts";
import type { HttpAnswer } from "#aws/http/http-answer.ts";

const chunked =
  'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\nx-amzn-ErrorType: ForbiddenException\r\n\r\n5;ext="a"\r\n{"mes\r\n10\r\nsage":"No häre"\r\n2\r\n} \r\n0\r\nTrailer: x\r\n\r\n';
const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

function read(text: string): HttpAnswer | undefined {
  return new AnswerReader().push(Buffer.from(text));
}

describe("the answer reader", () => {
  it("reads an answer without a body", () => {
    const answer = read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Amzn-RequestId:  abc \r\n\r\n");
    expect(answer).to.include({ status: 200, body: "", keepAlive: true });
    expect(answer?.headers.get("x-amzn-requestid")).to.equal("abc");
  });

  it("reads an answer with chunks, extensions and trailers", () => {
    expect(read(chunked)).to.include({ status: 403, body: '{"message":"No häre"} ', keepAlive: true });
  });

  it("reads over what comes before the answer", () => {
    expect(read(interim)).to.include({ status: 200, body: "ok", keepAlive: true });
  });

  it("reads the same however it is cut into pieces", () => {
    for (const text of [chunked, interim]) {
      const bytes = Buffer.from(text);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
          const reader = new AnswerReader();
          const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
          const answers = edges.slice(1).map((end, at) => reader.push(bytes.subarray(edges[at], end)));
          expect(answers.findLast(Boolean)).to.deep.equal(read(text));
          expect(answers.filter(Boolean)).to.have.length(1);
        }),
      );
    }
  });

  it("takes an answer without a length up to the end of the connection", () => {
    const reader = new AnswerReader();
    expect(reader.push(Buffer.from("HTTP/1.1 500 Oops\r\n\r\nbro"))).to.equal(undefined);
    expect(reader.push(Buffer.from("ken"))).to.equal(undefined);
    expect(reader.end()).to.include({ status: 500, body: "broken", keepAlive: false });
  });

  it("takes no answer that was cut off for one", () => {
    const reader = new AnswerReader();
    reader.push(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"));
    expect(reader.end()).to.equal(undefined);
  });

  it("expects no body after 204 and 304", () => {
    for (const status of [204, 304])
      expect(read(`HTTP/1.1 ${status} X\r\nContent-Length: 7\r\n\r\n`)?.body).to.equal("");
  });

  it("says when the connection is not to be used again", () => {
    const keepAlive = (head: string, rest = "") => read(`${head}\r\nContent-Length: 0\r\n\r\n${rest}`)?.keepAlive;
    expect(keepAlive("HTTP/1.1 200 OK")).to.equal(true);
    expect(keepAlive("HTTP/1.1 200 OK\r\nConnection: Close")).to.equal(false);
    expect(keepAlive("HTTP/1.0 200 OK")).to.equal(false);
    expect(keepAlive("HTTP/1.0 200 OK\r\nConnection: keep-alive")).to.equal(true);
    expect(keepAlive("HTTP/1.1 200 OK", "HTTP/1.1 200 OK")).to.equal(false);
  });

  it("reads one answer after the other", () => {
    const reader = new AnswerReader();
    for (const body of ["one", "other"]) {
      const answer = reader.push(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
      expect(answer?.body).to.equal(body);
    }
  });

  it("refuses what is no HTTP, and says what came", () => {
    expect(() => read("SSH-2.0-OpenSSH_9.6\r\n\r\n")).to.throw('the answer starts with "SSH-2.0-OpenSSH_9.6"');
    expect(() => read("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")).to.throw('Content-Length "-1"');
    expect(() => read("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")).to.throw('header line "no colon"');
    expect(() => read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")).to.throw('chunk size "xyz"');
    expect(() => read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n")).to.throw("does not end");
  });

  it("refuses an answer without end", () => {
    const reader = new AnswerReader();
    const endless = () => {
      for (let at = 0; at < 100; at++) reader.push(Buffer.alloc(1024, "x"));
    };
    expect(endless).to.throw("longer than 65536 bytes");
  });
});
