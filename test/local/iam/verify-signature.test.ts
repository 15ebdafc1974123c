import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import { type Expected, type SignedHttpRequest, verifySignature } from "#local/iam/verify-signature.ts";
import { presign, signHeaders, type ToSign } from "../support/sign-request.ts";

const caller = { role: { arn: "arn:aws:iam::123456789012:role/r", name: "r", policies: [] }, functionName: "f" };
const region = "eu-central-1";
const now = Date.parse("2026-11-20T07:11:42Z");
const at = new Date(now);
const url = "https://abcde12345.execute-api.eu-central-1.amazonaws.com/dev/@connections/AbC-d%3D?b=2&a=1%202&a=0";

describe("signature", () => {
  const credentials = new Credentials();
  const key = credentials.issue(caller);
  const expected: Expected = { credentials, service: "execute-api", region, now };
  const wire = (toSign: ToSign, headers: Record<string, string>): SignedHttpRequest => ({
    method: toSign.method ?? "GET",
    url: toSign.url.replace(/^https:\/\/[^/]+/, ""),
    headers,
    ...(toSign.body !== undefined && { body: Buffer.from(toSign.body) }),
  });
  const signed = (toSign: Partial<ToSign> = {}, signer = key): SignedHttpRequest => {
    const request = { url, at, ...toSign };
    return wire(request, signHeaders(signer, request));
  };
  const presigned = (toSign: Partial<ToSign> = {}, expiresSeconds = 60): SignedHttpRequest => {
    const request = { url, at, ...toSign };
    return wire({ ...request, url: presign(key, request, expiresSeconds) }, { host: new URL(url).host });
  };

  /** "post-sts-header-before" of AWS's own SigV4 test suite. */
  it("of AWS's own example is right", () => {
    const example = {
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      sessionToken:
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==",
    };
    const scope = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
    const signature = "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead";
    const headers = {
      host: "example.amazonaws.com",
      "x-amz-date": "20150830T123600Z",
      "x-amz-security-token": example.sessionToken,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=${signature}`,
    };
    const of = { enforced: true, find: () => ({ caller, key: example }) };
    const where = { credentials: of, service: "service", region: "us-east-1", now: Date.parse("2015-08-30T12:36:00Z") };
    expect(verifySignature({ method: "POST", url: "/", headers }, where)).to.include({ kind: "known" });
    const other = { ...headers, authorization: headers.authorization.replace("85d9", "85d8") };
    expect(verifySignature({ method: "POST", url: "/", headers: other }, where)).to.include({ kind: "refused" });
  });

  it("in the header tells the caller", () => {
    expect(verifySignature(signed(), expected)).to.deep.equal({ kind: "known", caller, accessKeyId: key.accessKeyId });
    expect(verifySignature(signed({ method: "POST", body: "grüße" }), expected)).to.include({ kind: "known" });
  });

  it("in the query string tells the caller, until it expires", () => {
    expect(verifySignature(presigned(), expected)).to.include({ kind: "known" });
    expect(verifySignature(presigned({}, 3600), { ...expected, now: now + 3_590_000 })).to.include({ kind: "known" });
    expect(verifySignature(presigned(), { ...expected, now: now + 61_000 })).to.deep.include({
      kind: "refused",
      message: "Signature expired: 20261120T071142Z is now earlier than 20261120T071143Z (20261120T071243Z - 1 min.)",
    });
    for (const seconds of [0, 604_801, Number.NaN]) {
      expect(verifySignature(presigned({}, seconds), expected)).to.include({ kind: "refused" });
    }
  });

  describe("is refused", () => {
    const mismatch = (request: SignedHttpRequest): void => {
      const verified = verifySignature(request, expected);
      expect(verified).to.include({ kind: "refused", errorType: "InvalidSignatureException" });
      expect((verified as { message: string }).message).to.match(/^The request signature we calculated does not match/);
    };

    it("when it was made with another secret", () => {
      mismatch(signed({}, { ...key, secretAccessKey: "another" }));
    });

    it("when method, path, query, body or a signed header is another", () => {
      mismatch({ ...signed(), method: "DELETE" });
      mismatch({ ...signed(), url: signed().url.replace("AbC", "AbD") });
      mismatch({ ...signed(), url: `${signed().url}&c=3` });
      mismatch({ ...signed({ method: "POST", body: "one" }), body: Buffer.from("two") });
      mismatch({ ...signed(), headers: { ...signed().headers, host: "other.example.com" } });
      mismatch({ ...presigned(), url: presigned().url.replace("a=0", "a=9") });
    });

    it("when the session token is missing or another's", () => {
      for (const sessionToken of [undefined, "another"]) {
        expect(verifySignature(signed({}, { ...key, sessionToken: sessionToken as string }), expected)).to.deep.equal({
          kind: "refused",
          errorType: "UnrecognizedClientException",
          message: "The security token included in the request is invalid.",
        });
      }
    });

    it("when the clocks are more than five minutes apart", () => {
      const verifiedAt = (later: number): unknown => verifySignature(signed(), { ...expected, now: now + later });
      expect(verifiedAt(299_000)).to.include({ kind: "known" });
      expect(verifiedAt(-299_000)).to.include({ kind: "known" });
      expect((verifiedAt(301_000) as { message: string }).message).to.match(/^Signature expired: 20261120T071142Z/);
      expect((verifiedAt(-301_000) as { message: string }).message).to.match(/^Signature not yet current/);
    });

    it("when it is for another service, region or day", () => {
      const message = (request: SignedHttpRequest): string =>
        (verifySignature(request, expected) as { message: string }).message;
      expect(message(signed({ service: "dynamodb" }))).to.match(/scoped to correct service: 'execute-api'/);
      expect(message(signed({ region: "us-east-1" }))).to.match(/scoped to a valid region, not 'us-east-1'/);
      const otherDay = signed({ at: new Date(now - 86_400_000) });
      const headers = { ...otherDay.headers, "x-amz-date": "20261120T071142Z" };
      expect(message({ ...otherDay, headers })).to.match(/does not match YYYYMMDD.*'20261119' != '20261120'/);
    });

    it("when something is missing from it, by name", () => {
      const authorization = `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/20261120/x`;
      expect(verifySignature({ method: "GET", url: "/", headers: { authorization } }, expected)).to.deep.equal({
        kind: "refused",
        errorType: "IncompleteSignatureException",
        message:
          "The signature requires 'Credential'. The signature requires 'Signature'. The signature requires 'SignedHeaders'. The signature requires 'X-Amz-Date'.",
      });
    });
  });

  it("of a key that was not issued here is a developer's, and none is nobody's", () => {
    const own = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "theirs", sessionToken: "" };
    expect(verifySignature(signed({}, own), expected)).to.deep.equal({
      kind: "developer",
      accessKeyId: own.accessKeyId,
    });
    expect(verifySignature({ method: "GET", url: "/dev?a=1", headers: {} }, expected)).to.deep.equal({
      kind: "anonymous",
    });
  });

  it("of such a key is for this service and time all the same, in whatever region", () => {
    const own = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "theirs", sessionToken: "" };
    expect(verifySignature(signed({ region: "us-east-1" }, own), expected)).to.include({ kind: "developer" });
    expect(verifySignature(signed({ service: "lambda" }, own), expected)).to.deep.include({
      kind: "refused",
      message: "Credential should be scoped to correct service: 'execute-api'.",
    });
    const old = signed({ at: new Date(now - 301_000) }, own);
    expect(verifySignature(old, expected)).to.include({ kind: "refused" });
    expect(verifySignature(old, { ...expected, credentials: new Credentials({ enforced: false }) })).to.include({
      kind: "developer",
    });
  });

  it("of such a key is all there all the same", () => {
    const own = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "theirs", sessionToken: "" };
    const { headers } = signed({}, own);
    const { authorization, ...unsigned } = headers as Record<string, string>;
    const carrying = (text: string | undefined): SignedHttpRequest => ({
      ...signed({}, own),
      headers: { ...unsigned, ...(text !== undefined && { authorization: text }) },
    });
    for (const incomplete of [
      carrying(authorization?.replace(/, Signature=.*/, "")),
      carrying(authorization?.replace(/Signature=.*/, "Signature=00")),
      carrying(authorization?.replace(/SignedHeaders=[^,]*,/, "")),
      carrying(authorization?.replace("/aws4_request", "")),
      { ...carrying(authorization), headers: { authorization } },
      { method: "POST", url: "/?X-Amz-Credential=x", headers: {} },
      { method: "POST", url: "/?X-Amz-Signature=x", headers: {} },
    ]) {
      expect(verifySignature(incomplete, expected)).to.include({
        kind: "refused",
        errorType: "IncompleteSignatureException",
      });
      const lax = { ...expected, credentials: new Credentials({ enforced: false }) };
      expect(verifySignature(incomplete, lax)).to.include({ kind: "developer" });
    }
  });

  it("is not looked at when nothing is enforced", () => {
    const lax = new Credentials({ enforced: false });
    const theirs = lax.issue(caller);
    const wrong = signed({}, { ...theirs, secretAccessKey: "another" });
    expect(verifySignature(wrong, { ...expected, credentials: lax })).to.include({ kind: "developer" });
  });
});
