import {
  CloudfrontDistribution,
  type CloudfrontDistributionConfig,
} from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js";
import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js";
import { Construct } from "constructs";
import { exempt } from "./checks/exempt.ts";
import type { PrivateBucket } from "./private-bucket.ts";
import type { WebConfig } from "./stage-file/address-schema.ts";

export interface WebDistributionProps {
  /** Of policy and access control. */
  readonly name: string;
  readonly bucket: PrivateBucket;
  /** `wss://…`, `https://…`: where the page may connect to, and nowhere else. */
  readonly origins: readonly string[];
  readonly web: WebConfig;
}

/** AWS's cache policy CachingOptimized, the same in every account: it obeys Cache-Control and ignores cookies and queries. */
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7443e87c8a51";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** CloudFront in front of the bucket, which lets nobody else read it. */
export class WebDistribution extends Construct {
  readonly resource: CloudfrontDistribution;

  constructor(scope: Construct, id: string, props: WebDistributionProps) {
    super(scope, id);
    const access = this.#createAccess(props);
    const headers = this.#createHeaders(props);
    this.resource = this.#createDistribution(props, access, headers);
    exempt(this.resource, exemptions(props.web));
  }

  #createAccess({ name }: WebDistributionProps): CloudfrontOriginAccessControl {
    return new CloudfrontOriginAccessControl(this, "access", {
      name,
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
  }

  #createHeaders({ name, origins }: WebDistributionProps): CloudfrontResponseHeadersPolicy {
    const override = true;
    return new CloudfrontResponseHeadersPolicy(this, "headers", {
      name,
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(origins), override },
        contentTypeOptions: { override },
        frameOptions: { frameOption: "DENY", override },
        referrerPolicy: { referrerPolicy: "no-referrer", override },
        strictTransportSecurity: { accessControlMaxAgeSec: YEAR_SECONDS, includeSubdomains: true, override },
      },
      customHeadersConfig: {
        items: [{ header: "Cross-Origin-Opener-Policy", value: "same-origin", override }],
      },
    });
  }

  #createDistribution(
    { name, bucket, web }: WebDistributionProps,
    access: CloudfrontOriginAccessControl,
    headers: CloudfrontResponseHeadersPolicy,
  ): CloudfrontDistribution {
    return new CloudfrontDistribution(this, "Resource", {
      comment: name,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass: web.priceClass,
      ...(web.webAclArn === undefined ? {} : { webAclId: web.webAclArn }),
      defaultRootObject: "index.html",
      ...(web.domain === undefined ? {} : { aliases: [web.domain.name] }),
      origin: [
        {
          originId: "bucket",
          domainName: bucket.resource.bucketRegionalDomainName,
          originAccessControlId: access.id,
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "bucket",
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
        compress: true,
        cachePolicyId: CACHING_OPTIMIZED,
        responseHeadersPolicyId: headers.id,
      },
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: viewerCertificate(web),
    });
  }
}

/** The page's own files, sockets to its own API, and tokens of its own issuer. */
function contentSecurityPolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${origins.join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function viewerCertificate({ domain }: WebConfig): CloudfrontDistributionConfig["viewerCertificate"] {
  if (domain === undefined) return { cloudfrontDefaultCertificate: true };
  return {
    acmCertificateArn: domain.certificateArn,
    sslSupportMethod: "sni-only",
    minimumProtocolVersion: "TLSv1.2_2021",
  };
}

function exemptions({ domain, webAclArn }: WebConfig): Record<string, string> {
  return {
    ...(webAclArn === undefined
      ? {
          "distribution-firewalled":
            "It serves four static files; a web ACL of its own would cost more than all the rest of the page.",
        }
      : {}),
    "distribution-logged": "The page is public and the same for everyone; the API's access log says who uses it.",
    "distribution-failover": "One bucket holds the page; it can be uploaded again in a minute.",
    "distribution-georestricted": "The page is for people everywhere.",
    ...(domain === undefined
      ? { "distribution-tls": "CloudFront's own certificate allows no choice; web.domain brings TLS 1.2 as the least." }
      : {}),
  };
}
