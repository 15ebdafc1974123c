import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate/index.js";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation/index.js";
import { Apigatewayv2ApiMapping } from "@cdktf/provider-aws/lib/apigatewayv2-api-mapping/index.js";
import { Apigatewayv2DomainName } from "@cdktf/provider-aws/lib/apigatewayv2-domain-name/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { Construct } from "constructs";
import type { Stage } from "./stage.ts";
import type { DomainConfig } from "./stage-file/address-schema.ts";
import type { WebSocketApi } from "./websocket-api.ts";

export interface CustomDomainProps {
  readonly domain: DomainConfig;
  readonly api: WebSocketApi;
  readonly stage: Stage;
}

/** The API's own name, with nothing behind it: wss://ws.example.org leads to the stage, for clients and for functions (aws facts §1.9). */
export class CustomDomain extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { domain, api, stage }: CustomDomainProps) {
    super(scope, id);
    const certificateArn = domain.certificateArn ?? this.#createCertificate(domain);
    const name = this.#createDomainName(domain, certificateArn, api);
    const { hostedZoneId } = domain;
    if (hostedZoneId !== undefined) this.#createRecords(hostedZoneId, name, api.ipAddressType);
    new Apigatewayv2ApiMapping(this, "mapping", {
      apiId: api.resource.id,
      domainName: name.id,
      stage: stage.resource.id,
    });
    this.url = `wss://${domain.name}`;
  }

  /** Proven by a record in the zone, which ACM looks up again at every renewal. */
  #createCertificate({ name, hostedZoneId }: DomainConfig): string {
    if (hostedZoneId === undefined) throw new Error(`${name} has no zone: the stage was not checked before`);
    const certificate = new AcmCertificate(this, "certificate", {
      domainName: name,
      validationMethod: "DNS",
      // The name has to move to the next certificate before the old one can go.
      lifecycle: { createBeforeDestroy: true },
    });
    const proof = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, "proof", {
      zoneId: hostedZoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      allowOverwrite: true,
    });
    return new AcmCertificateValidation(this, "proven", {
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
    }).certificateArn;
  }

  /** TLS 1.2 is the newest policy that API Gateway has for WebSocket APIs (aws facts §1.1). */
  #createDomainName({ name }: DomainConfig, certificateArn: string, api: WebSocketApi): Apigatewayv2DomainName {
    return new Apigatewayv2DomainName(this, "Resource", {
      domainName: name,
      domainNameConfiguration: {
        certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
        ipAddressType: api.ipAddressType,
      },
    });
  }

  #createRecords(zoneId: string, target: Apigatewayv2DomainName, ipAddressType: string): void {
    const { targetDomainName, hostedZoneId } = target.domainNameConfiguration;
    for (const type of ipAddressType === "dualstack" ? ["A", "AAAA"] : ["A"])
      new Route53Record(this, type.toLowerCase(), {
        zoneId,
        name: target.domainName,
        type,
        alias: { name: targetDomainName, zoneId: hostedZoneId, evaluateTargetHealth: false },
      });
  }
}
