// Time and cost against the size of a room, as an SVG: two panels, both axes logarithmic.

export interface FanoutPoint {
  readonly members: number;
  readonly lastMemberMs: number;
  readonly frames: number;
  readonly mostPerSecond: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Of these, to book posts. */
  readonly bookingUnits: number;
  readonly dollars: number;
  readonly memoryMb: number;
}

const WIDTH = 360;
const HEIGHT = 220;
const LEFT = 64;
const TOP = 44;

interface Panel {
  readonly x: number;
  readonly title: string;
  /** Exponents of ten. */
  readonly from: number;
  readonly to: number;
  readonly label: (value: number) => string;
  readonly of: (point: FanoutPoint) => number;
}

export function fanoutPlot(points: readonly FanoutPoint[], postsPerSecond: number): string {
  const time = panel(points, {
    x: LEFT,
    title: `send → last member, at ${postsPerSecond.toLocaleString("en-US")} posts/s`,
    from: 0,
    to: 5,
    label: (ms) => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`),
    of: ({ lastMemberMs }) => lastMemberMs,
  });
  const cost = panel(points, {
    x: LEFT + WIDTH + 96,
    title: "cost of a message",
    from: -5,
    to: 0,
    label: (dollars) => `$${dollars}`,
    of: ({ dollars }) => dollars,
  });
  const width = 2 * WIDTH + LEFT + 120;
  const style =
    "text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-weight:600}.grid{stroke:#8c959f;stroke-opacity:.3}.line{fill:none;stroke:#0969da;stroke-width:2}.dot{fill:#0969da}";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT + 96}" role="img" aria-label="Time and cost of a message against the size of its room"><style>${style}</style>${time}${cost}</svg>\n`;
}

function panel(points: readonly FanoutPoint[], { x, title, from, to, label, of }: Panel): string {
  const sizes = points.map(({ members }) => Math.log10(members));
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const across = (exponent: number) => round(x + ((exponent - least) / (most - least)) * WIDTH);
  const up = (exponent: number) => round(TOP + HEIGHT - ((exponent - from) / (to - from)) * HEIGHT);
  const rows = Array.from({ length: to - from + 1 }, (_, at) => from + at).map(
    (exponent) =>
      `<line class="grid" x1="${x}" x2="${x + WIDTH}" y1="${up(exponent)}" y2="${up(exponent)}"/><text x="${x - 8}" y="${up(exponent) + 4}" text-anchor="end">${label(Number(`1e${exponent}`))}</text>`,
  );
  const columns = points.map(
    ({ members }) =>
      `<text x="${across(Math.log10(members))}" y="${TOP + HEIGHT + 20}" text-anchor="middle">${members.toLocaleString("en-US")}</text>`,
  );
  const places = points.map((point) => [across(Math.log10(point.members)), up(Math.log10(of(point)))] as const);
  const line = `<polyline class="line" points="${places.map((place) => place.join()).join(" ")}"/>`;
  const dots = places.map(([cx, cy]) => `<circle class="dot" cx="${cx}" cy="${cy}" r="3.5"/>`);
  const under = `<text x="${x + WIDTH / 2}" y="${TOP + HEIGHT + 40}" text-anchor="middle">members of the room</text>`;
  return [
    `<text class="title" x="${x}" y="${TOP - 18}">${title}</text>`,
    ...rows,
    ...columns,
    line,
    ...dots,
    under,
  ].join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
