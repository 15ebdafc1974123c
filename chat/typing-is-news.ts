/** So long after it was said that somebody is typing it says something about now. */
export const TYPING_IS_NEWS_MS = 3_000;
