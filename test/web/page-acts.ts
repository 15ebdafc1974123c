// What a person does with the page, and where they look.
import type { Locator, Page } from "playwright-core";

export async function change(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(value);
  await field.press("Enter");
}

export async function say(page: Page, text: string): Promise<void> {
  const box = page.getByLabel("Message", { exact: true });
  await box.fill(text);
  await box.press("Enter");
}

export async function status(page: Page, text: string): Promise<void> {
  await page.getByRole("status").getByText(text, { exact: true }).waitFor();
}

export function people(page: Page): Locator {
  return page.locator("#people");
}

export function message(page: Page, text: string): Locator {
  return page.locator("#messages .message", { hasText: text });
}

/** The texts of the bubbles, in their order. */
export function bubbles(page: Page): Promise<string[]> {
  return page.locator("#messages .bubble").allInnerTexts();
}

/** Goes to the private conversation with somebody who is here. */
export async function writeTo(page: Page, name: string): Promise<void> {
  await people(page).getByRole("button", { name }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}
