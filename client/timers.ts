// Time is a port, so that tests decide when it passes.

export type Cancel = () => void;

export interface Timers {
  /** Runs `task` once, `delayMs` from now, unless cancelled before. */
  after(delayMs: number, task: () => void): Cancel;
}

export const systemTimers: Timers = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
