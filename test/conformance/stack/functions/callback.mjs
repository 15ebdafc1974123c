// @ts-nocheck: deployed as it is, without a build.
// As handlers were written before Node.js 24, where Lambda has no callbacks any more.
export const handler = (_event, _context, callback) => callback(null, { statusCode: 200, body: "called back" });
