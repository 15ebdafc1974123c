// A name for someone who has not said theirs, so that two windows can talk at once.

const MOODS =
  "Brave Calm Cheerful Clever Curious Gentle Happy Jolly Kind Lucky Merry Quick Quiet Sunny Witty Wise".split(" ");
const ANIMALS =
  "Badger Beaver Crane Dolphin Falcon Fox Hare Hedgehog Heron Lynx Otter Owl Panda Puffin Robin Seal".split(" ");

export function friendlyName(random: () => number = Math.random): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? "";
  return `${pick(MOODS)} ${pick(ANIMALS)}`;
}
