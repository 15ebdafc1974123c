import { z } from "zod";

const domainName = () =>
  z
    .string()
    .regex(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
      'a domain name, such as "ws.example.org"',
    );

const certificateArn = () =>
  z.string().regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, "the ARN of an ACM certificate");

const hostedZoneId = () => z.string().regex(/^Z[A-Z0-9]{5,31}$/, "the id of a Route 53 hosted zone");

export const DomainSchema = z
  .strictObject({
    name: domainName().meta({ description: "Where clients connect, instead of API Gateway's own name." }),
    hostedZoneId: hostedZoneId().optional().meta({
      description: "The Route 53 zone of the name: its records are written there, and the certificate is proven there.",
    }),
    certificateArn: certificateArn().optional().meta({
      description: "An existing certificate in the stage's Region. Without it one is made, which needs hostedZoneId.",
    }),
    defaultEndpoint: z.boolean().default(false).meta({
      description:
        "API Gateway's own name answers beside the domain, and functions post frames there. Without it only the domain does.",
    }),
  })
  .meta({ description: "The API's own domain name." });

export const WebSchema = z
  .strictObject({
    priceClass: z.enum(["PriceClass_100", "PriceClass_200", "PriceClass_All"]).default("PriceClass_100").meta({
      description: "Where CloudFront answers: North America and Europe, most of the world, or all of it.",
    }),
    webAclArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
        "the ARN of a web ACL for CloudFront, which is in us-east-1 and global",
      )
      .optional()
      .meta({ description: "The team's web ACL before the page. Absent: none; the page is files that all may read." }),
    domain: z
      .strictObject({
        name: domainName().meta({ description: "Where people open the page." }),
        certificateArn: certificateArn().meta({
          description: "Its certificate, which CloudFront takes from us-east-1 only.",
        }),
        hostedZoneId: hostedZoneId().optional().meta({ description: "The Route 53 zone its records are written to." }),
      })
      .optional()
      .meta({ description: "The page's own domain name." }),
    signIn: z
      .strictObject({
        clientId: z.string().min(1).max(256).optional().meta({
          description: "The page's client at the issuer, where that is not the audience: a public one, with PKCE.",
        }),
        scopes: z
          .array(z.string().regex(/^[!#-[\]-~]{1,128}$/, "a scope, without blanks and quotes"))
          .max(20)
          .default(["profile"])
          .meta({
            description:
              "What the page asks for beside openid and auth.scopes; offline_access, where that brings a refresh token.",
          }),
        origins: z
          .array(z.string().regex(/^https:\/\/[^\s/?#A-Z]+$/, 'an origin, such as "https://login.example.org"'))
          .max(5)
          .default([])
          .meta({ description: "Where the issuer's token endpoint is, when not at the issuer's own origin." }),
      })
      .prefault({})
      .meta({ description: "How people sign in on the page, in a stage with tokens." }),
  })
  .meta({ description: "The chat page: a private bucket behind CloudFront. Absent: none." });

export type DomainConfig = z.output<typeof DomainSchema>;
export type WebConfig = z.output<typeof WebSchema>;
