const PATH = /^\/2020-05-31\/distribution(?:-with-tags|\/[^/]+(?:\/config)?)?$/i;

/** What moto forgets of a CloudFront distribution, and what it adds to it. */
export class Distributions {
  #accessControl = "";

  isOne(path: string): boolean {
    return PATH.test(path);
  }

  /** There is one distribution in a stack, with one origin. */
  complete(asked: Buffer, answered: Buffer): Buffer {
    this.#accessControl =
      /<OriginAccessControlId>[^<]+<\/OriginAccessControlId>/.exec(asked.toString())?.[0] ?? this.#accessControl;
    const text = answered
      .toString()
      .replace(/<ForwardedValues>.*?<\/ForwardedValues>/gs, "")
      .replace(/<OriginAccessControlId>[^<]*<\/OriginAccessControlId>|<OriginAccessControlId\s*\/>/g, "")
      .replace(/<\/Origin>/g, `${this.#accessControl}</Origin>`);
    const isDefault = /<CloudFrontDefaultCertificate>true</i.test(text);
    return Buffer.from(isDefault ? text.replace(/<SSLSupportMethod>[^<]*<\/SSLSupportMethod>/g, "") : text);
  }
}
