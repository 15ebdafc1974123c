// Names of the team's own, and the page.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { SynthError } from "#infra/synth-error.ts";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";
import { Bundles, readStack, resource, synthesized, temporaryFolder } from "./synthesized.ts";

const NAME = "ws.chat.test";
const ZONE = "Z123456";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1";

describe("a stage with a domain name", () => {
  const stack = synthesized({ domain: { name: NAME, hostedZoneId: ZONE } });

  it("makes a certificate, proven in the zone", () => {
    expect(resource(stack, "aws_acm_certificate.domain_certificate")).to.deep.equal({
      domain_name: NAME,
      validation_method: "DNS",
      lifecycle: { create_before_destroy: true },
    });
    expect(resource(stack, "aws_acm_certificate_validation.domain_proven").validation_record_fqdns).to.deep.equal([
      "${aws_route53_record.domain_proof.fqdn}",
    ]);
  });

  it("answers there, with nothing behind the name", () => {
    const { domain_name_configuration: settings } = resource(stack, "aws_apigatewayv2_domain_name.domain");
    expect(settings).to.deep.equal({
      certificate_arn: "${aws_acm_certificate_validation.domain_proven.certificate_arn}",
      endpoint_type: "REGIONAL",
      security_policy: "TLS_1_2",
      ip_address_type: "ipv4",
    });
    expect(resource(stack, "aws_apigatewayv2_api_mapping.domain_mapping")).to.deep.equal({
      api_id: "${aws_apigatewayv2_api.api.id}",
      domain_name: "${aws_apigatewayv2_domain_name.domain.id}",
      stage: "${aws_apigatewayv2_stage.stage.id}",
    });
    expect(stack.output.webSocketUrl?.value).to.equal(`wss://${NAME}`);
  });

  const posting = (file: ReturnType<typeof synthesized>): unknown => {
    const { environment } = resource(file, "aws_lambda_function.message");
    const { AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: url } = Object(Object(environment).variables);
    expect(file.output.managementUrl?.value).to.equal(url);
    return url;
  };
  const trigger = (file: ReturnType<typeof synthesized>) =>
    Object(resource(file, "aws_apigatewayv2_deployment.deployment").triggers).snapshot;

  it("answers there alone: functions post frames there, too, where no stage is part of the path", () => {
    expect(resource(stack, "aws_apigatewayv2_api.api")).to.include({ disable_execute_api_endpoint: true });
    expect(posting(stack)).to.equal(`https://${NAME}`);
  });

  it("keeps API Gateway's own name open if the stage file says so, and functions use that", () => {
    const both = synthesized({ domain: { name: NAME, hostedZoneId: ZONE, defaultEndpoint: true } });
    expect(resource(both, "aws_apigatewayv2_api.api")).not.to.have.property("disable_execute_api_endpoint");
    expect(posting(both)).to.match(/^\$\{replace\(aws_apigatewayv2_api\.api\.api_endpoint.+\/dev$/);
  });

  it("is deployed anew when the other name is closed, since that takes a deployment", () => {
    const both = synthesized({ domain: { name: NAME, hostedZoneId: ZONE, defaultEndpoint: true } });
    expect(trigger(both)).not.to.equal(trigger(stack));
    expect(trigger(both)).to.equal(trigger(synthesized()));
  });

  it("has records for the addresses it answers on", () => {
    expect(stack.resource.aws_route53_record).to.have.all.keys("domain_proof", "domain_a");
    const dual = synthesized({ api: { ipAddressType: "dualstack" }, domain: { name: NAME, hostedZoneId: ZONE } });
    expect(dual.resource.aws_route53_record).to.have.all.keys("domain_proof", "domain_a", "domain_aaaa");
  });

  it("uses an existing certificate, and leaves records to others, if the stage file says so", () => {
    const own = synthesized({ domain: { name: NAME, certificateArn: CERTIFICATE } });
    expect(own.resource).not.to.have.any.keys("aws_acm_certificate", "aws_route53_record");
    expect(resource(own, "aws_apigatewayv2_domain_name.domain").domain_name_configuration).to.include({
      certificate_arn: CERTIFICATE,
    });
  });
});

describe("a stage with a page", () => {
  const bundles = new Bundles();
  writeFileSync(path.join(bundles.webDir, "app.js"), "connect();\n");
  writeFileSync(path.join(bundles.webDir, "app.js.map"), "{}");
  const synthesizeWeb = (web: object): SynthesizedStack =>
    synthesize({
      stageFiles: [new StageFolder().stage({ web })],
      outdir: temporaryFolder(),
      ...bundles,
    })[0] as SynthesizedStack;
  const written = synthesizeWeb({});
  const stack = readStack(written);

  it("uploads what was built, but no source maps", () => {
    const objects = Object.values(stack.resource.aws_s3_object ?? {});
    expect(objects.map(({ key }) => key)).to.have.members(["app.js", "index.html", "config.json"]);
    expect(readdirSync(path.join(written.directory, "assets", "web"))).to.deep.equal(["app.js", "index.html"]);
    const script = resource(stack, "aws_s3_object.web_file-app-js");
    expect(script).to.include({ content_type: "text/javascript; charset=utf-8", cache_control: "no-cache" });
    expect(readFileSync(path.join(written.directory, String(script.source)), "utf8")).to.equal("connect();\n");
  });

  it("is uploaded when the bucket keeps versions, and can so be removed with all of them", () => {
    const { resource: all } = readStack(synthesizeWeb({}));
    for (const [name, { depends_on }] of Object.entries(all.aws_s3_object ?? {}))
      expect(depends_on, name).to.deep.equal(["aws_s3_bucket_versioning.web_bucket_versions"]);
    expect(all.aws_s3_bucket?.web_bucket).to.include({ force_destroy: true });
  });

  it("is told where the API is", () => {
    const { content, cache_control } = resource(stack, "aws_s3_object.web_config");
    expect(JSON.parse(String(content))).to.deep.equal({ webSocketUrl: "${aws_apigatewayv2_stage.stage.invoke_url}" });
    expect(cache_control).to.equal("no-store");
  });

  it("may connect to the API and nowhere else", () => {
    const { security_headers_config: headers } = resource(
      stack,
      "aws_cloudfront_response_headers_policy.web_distribution_headers",
    );
    const policy: string = Object(headers).content_security_policy.content_security_policy;
    expect(policy).to.include("default-src 'none'");
    expect(policy).to.include("connect-src 'self' ${aws_apigatewayv2_api.api.api_endpoint};");
  });

  it("can be read by its distribution alone, over TLS", () => {
    const { policy } = resource(stack, "aws_s3_bucket_policy.web_bucket_policy");
    const [allowed, refused, ...others] = JSON.parse(String(policy)).Statement;
    expect(allowed).to.deep.include({
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Condition: { StringEquals: { "AWS:SourceArn": "${aws_cloudfront_distribution.web_distribution.arn}" } },
    });
    expect(refused).to.deep.include({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    expect(others).to.deep.equal([]);
  });

  it("answers to the team's name, with TLS 1.2 at least", () => {
    const own = readStack(synthesizeWeb({ domain: { name: "chat.test", certificateArn: CERTIFICATE } }));
    expect(resource(own, "aws_cloudfront_distribution.web_distribution")).to.deep.include({
      aliases: ["chat.test"],
      viewer_certificate: {
        acm_certificate_arn: CERTIFICATE,
        ssl_support_method: "sni-only",
        minimum_protocol_version: "TLSv1.2_2021",
      },
    });
    expect(own.output.webUrl?.value).to.equal("https://chat.test");
  });

  it("is refused when it was not built, and when nobody knows what a file is", () => {
    const change = { web: {} };
    const unbuilt = new Bundles();
    expect(() => synthesized(change, Object.assign(unbuilt, { webDir: temporaryFolder() }))).to.throw(
      SynthError,
      /index\.html is missing\. Build it first: npm run build/,
    );
    const strange = new Bundles();
    writeFileSync(path.join(strange.webDir, "notes.odt"), "");
    expect(() => synthesized(change, strange)).to.throw(SynthError, /no content type is known for \.odt/);
  });

  it("is not there unless the stage file says so", () => {
    const [plain] = synthesize({ stageFiles: [new StageFolder().stage()], outdir: temporaryFolder(), ...bundles });
    expect(existsSync(path.join(plain?.directory ?? "", "assets", "web"))).to.equal(false);
    expect(readStack(plain as SynthesizedStack).resource).not.to.have.property("aws_s3_bucket");
  });
});
